// Echoes a date while it is typed. Only what is certain is echoed; anything else is left to the server to judge.

const ERAS = [
  ["令和", "R", "2019-05-01", 2018],
  ["平成", "H", "1989-01-08", 1988],
  ["昭和", "S", "1926-12-25", 1925],
];
const DAY = /^(?:(令和|平成|昭和|[RHS])\s*(元|\d{1,2})|(\d{4}))\s*(?:年|([-/.]))\s*(\d{1,2})\s*(?:月|\4)\s*(\d{1,2})\s*日?/i;
const TIME = /^[\sT]*(?:(正午)|(\d{1,2})(?::(\d{2})|時(?:(\d{1,2})分)?))$/;

export default function echo(input) {
  const place = document.getElementById(`${input.id}-echo`);
  let timer = null;
  const show = () => {
    const read = understand(input.value, input.dataset.date === "instant");
    place.textContent = read ? input.dataset.understood.replace("{date}", read) : "";
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, 400);
  });
  input.form?.addEventListener("restored", show);
}

function understand(text, withTime) {
  const mended = text.normalize("NFKC").trim();
  const found = DAY.exec(mended);
  if (!found) return null;
  const day = dayOf(found);
  const rest = mended.slice(found[0].length);
  if (!day || (!withTime && rest)) return null;
  if (!withTime) return written(day);
  const time = TIME.exec(rest);
  if (!time) return null;
  const hour = time[1] ? 12 : Number(time[2]);
  const minute = Number(time[3] ?? time[4] ?? 0);
  return hour < 24 && minute < 60 ? writtenInstant(day, hour, minute) : null;
}

function dayOf([, name, eraYear, western, , month, date]) {
  const era = name && ERAS.find(([kanji, letter]) => kanji === name || letter === name.toUpperCase());
  const year = era ? era[3] + (eraYear === "元" ? 1 : Number(eraYear)) : Number(western);
  const day = new Date(Date.UTC(year, month - 1, date));
  if (day.getUTCMonth() !== month - 1 || day.getUTCFullYear() !== year) return null; // 30 February
  return eraOf(day) && (!era || eraOf(day) === era) ? day : null;
}

function eraOf(day) {
  return ERAS.find(([, , first]) => day >= new Date(first));
}

function written(day) {
  const part = (locale, options) => day.toLocaleDateString(locale, { timeZone: "UTC", ...options });
  if (document.documentElement.lang !== "ja") {
    const date = part("en-GB", { day: "numeric", month: "long", year: "numeric" });
    return `${date} (${part("en-GB", { weekday: "short" })})`;
  }
  const [kanji, , , before] = eraOf(day);
  const year = day.getUTCFullYear() - before;
  const weekday = part("ja", { weekday: "short" });
  return `${kanji}${year === 1 ? "元" : year}年${day.getUTCMonth() + 1}月${day.getUTCDate()}日（${weekday}）`;
}

function writtenInstant(day, hour, minute) {
  if (document.documentElement.lang === "ja") return `${written(day)}${hour}時${minute ? `${minute}分` : ""}`;
  const two = (number) => String(number).padStart(2, "0");
  return `${written(day)}, ${two(hour)}:${two(minute)} JST`;
}
