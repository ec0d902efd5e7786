"""Safekeeping (保管): what is known of the files in the storage beyond that they are on record.

Whether a file was checked for malware, and whether it was found as it was received when it was last read again. Below
everything that takes files; who is told of what was found is decided above (applications/quarantine.py,
proof/rereading.py).
"""
