# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# complete.sh HONE WORD…: prints what bash offers for the last word.
hone=$1
shift
eval "$("$hone" completion bash)"
COMP_WORDS=(hone "$@")
COMP_CWORD=$#
_hone
printf '%s\n' "${COMPREPLY[@]}"
