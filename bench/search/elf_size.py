# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The two sizes of src/program/object_file.h, for objects of any compiler."""

import pathlib
import struct

SHT_NOBITS = 8
SHF_ALLOC = 2


def measure(path):
    """`loaded`: stored bytes of all SHF_ALLOC sections; `text_rodata`: those of
    .text* and .rodata* alone."""
    data = pathlib.Path(path).read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path} is no 64-bit little-endian ELF file")
    # Elf64_Ehdr: e_shoff at 40, e_shentsize, e_shnum, e_shstrndx at 58.
    (offset,) = struct.unpack_from("<Q", data, 40)
    entry, count, names = struct.unpack_from("<HHH", data, 58)
    # Elf64_Shdr: name, type, flags, addr, offset, size.
    headers = [struct.unpack_from("<IIQQQQ", data, offset + i * entry)
               for i in range(count)]
    sizes = {"loaded": 0, "text_rodata": 0}
    for name, kind, flags, _, _, size in headers:
        if kind == SHT_NOBITS or not flags & SHF_ALLOC:
            continue
        start = headers[names][4] + name
        text = data[start:data.index(b"\0", start)]
        sizes["loaded"] += size
        if text.startswith((b".text", b".rodata")):
            sizes["text_rodata"] += size
    return sizes
