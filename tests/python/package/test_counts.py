# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""InstCount and AutoPhase, counted once more: from the text of the module."""

import collections
import re

import hone
import pytest
from conftest import ROOT

UNARY = set(
    "alloca load va_arg extractvalue freeze fneg trunc zext sext fptrunc fpext uitofp sitofp"
    " fptoui fptosi inttoptr ptrtoint ptrtoaddr bitcast addrspacecast".split()
)
BINARY = set(
    "add fadd sub fsub mul fmul udiv sdiv fdiv urem srem frem shl lshr ashr and or xor".split()
)
MEMORY = {"load", "store", "alloca", "getelementptr", "call", "invoke"}
# AutoPhase's names of opcodes.
OPCODES = {
    name.lower(): f"Num{name}Inst"
    for name in (
        "AShr Add Alloca And BitCast Br Call GetElementPtr ICmp LShr Load Mul Or PHI Ret SExt"
        " Select Shl Store Sub Trunc Xor ZExt"
    ).split()
}
INTEGER = re.compile(r"-?\d+|true|false")
CONSTANT = re.compile(r"-?\d+$|-?0x|-?\d+\.|@|true|false|null|undef|poison|zeroinit|<|\w+ \(")
ATTRIBUTE = r"(?:noundef|signext|zeroext|align \d+|immarg|returned|inreg)"


class Line:
    """An instruction's text, with that of its further lines."""

    def __init__(self, text):
        # What follows the last operand: metadata, attributes, alignment.
        text = re.sub(r"(, ![\w.]+ (![\d]+|!\w+\(.*\)))+$", "", text.strip())
        text = re.sub(r", align \d+$| #\d+$", "", text)
        self.text = re.sub(r"^%[^ ]+ = ", "", text)
        words = self.text.split()
        self.opcode = words[words[0] in ("tail", "musttail", "notail")]

    def targets(self):
        if self.opcode not in ("br", "switch", "invoke", "indirectbr", "callbr"):
            return []
        return re.findall(r"\blabel %([-\w.$]+|\"[^\"]*\")", self.text)

    def phi_arguments(self):
        return re.findall(r"\[ ([^\]]*), %[^\]]* \]", self.text)

    def last_operands(self):
        """Both operands where one type stands before the two of them."""
        first, second = self.text.rsplit(", ", 1)
        return [first.split()[-1], second]

    def integers(self):
        """(bits, value) of operands that are integer constants."""
        if self.opcode == "phi":
            kind, values = self.text.split()[1], self.phi_arguments()
        elif self.opcode in BINARY | {"icmp"}:
            kind, values = self.text.rsplit(", ", 1)[0].split()[-2], self.last_operands()
        else:
            return self.typed_integers()
        return [integer(kind[1:], v) for v in values if kind[0] == "i" and INTEGER.fullmatch(v)]

    def typed_integers(self):
        """Those that have their type before them."""
        text = self.text
        if call := re.match(r'(?:.*?call|invoke) .*? [@%](?:"[^"]*"|[^ (]+)\((.*)\)', text):
            text = call[1]
        text = outside_of_parentheses(text)
        # Vectors and structures of constants, types of arrays.
        text = re.sub(r"(?<=[ ,])[<{]+[^<>{}]*[>}]+|\[\d+ x [^\]]*\]", "", text)
        implied = self.opcode == "alloca" and not re.search(r", i\d+ ", text)
        found = re.findall(rf"\bi(\d+)(?: {ATTRIBUTE})* ({INTEGER.pattern})\b", text)
        return [(32, 1)] * implied + [integer(*match) for match in found]


def outside_of_parentheses(text):
    """Without constant expressions and what stands in an attribute."""
    shorter = re.sub(r"\([^()]*\)", "", text)
    return text if shorter == text else outside_of_parentheses(shorter)


def integer(width, text):
    bits = int(width)
    return bits, {"true": 1, "false": 0}.get(text) if bits == 1 else int(text) % 2**bits


def functions(ir):
    """Of each function its blocks, by name: their instructions."""
    for body in re.findall(r"^define .*?\{$\n(.*?)^\}$", ir, re.MULTILINE | re.DOTALL):
        # Cases of a switch, what an invoke and a landingpad say further.
        body = re.sub(r"\n( {4,}(?!#)|  \])", r" \1", body)
        blocks, name = {}, "entry of no name"
        for line in body.splitlines():
            if label := re.match(r'([-\w.$]+|"[^"]*"):', line):
                name = label[1]
            elif line.startswith("  ") and not line.strip().startswith(("#", ";")):
                blocks.setdefault(name, []).append(Line(line))
        yield blocks


def counted_instcount(ir):
    counts = collections.Counter()
    for blocks in functions(ir):
        counts["functions"] += 1
        for lines in blocks.values():
            counts["blocks"] += 1
            counts.update(line.opcode for line in lines)
            counts["instructions"] += len(lines)
    return counts


def counted_autophase(ir):
    counts = collections.Counter()
    for blocks in functions(ir):
        counts["TotalFuncs"] += 1
        after = {name: lines[-1].targets() for name, lines in blocks.items()}
        preds = collections.Counter(name for names in after.values() for name in names)
        for name, lines in blocks.items():
            count_block(counts, lines, preds[name], [preds[target] for target in after[name]])
            for line in lines:
                count_line(counts, line)
    return counts


def count_block(counts, lines, preds, preds_after):
    successors = len(preds_after)
    phis = [line for line in lines if line.opcode == "phi"]
    arguments = sum(len(phi.phi_arguments()) for phi in phis)
    counts.update(
        {
            "TotalBlocks": 1,
            "BlockLow": len(lines) < 15,
            "BlockMid": 15 <= len(lines) <= 500,
            "NumEdges": successors,
            "CriticalCount": sum(successors > 1 and count > 1 for count in preds_after),
            "onePred": preds == 1,
            "onePredOneSuc": (preds, successors) == (1, 1),
            "onePredTwoSuc": (preds, successors) == (1, 2),
            "oneSuccessor": successors == 1,
            "twoPred": preds == 2,
            "twoPredOneSuc": (preds, successors) == (2, 1),
            "twoEach": (preds, successors) == (2, 2),
            "twoSuccessor": successors == 2,
            "morePreds": preds > 2,
            "BeginPhi": bool(phis),
            "ArgsPhi": arguments,
            "BBNumArgsHi": arguments > 5,
            "BBNumArgsLo": 1 <= arguments <= 5,
            "BBNoPhi": not phis,
            "BB03Phi": 1 <= len(phis) <= 3,
            "BBHiPhi": len(phis) > 3,
        }
    )


def count_line(counts, line):
    opcode, integers = line.opcode, line.integers()
    values = [value for _, value in integers]
    widths = [bits for bits, _ in integers]
    counts.update(
        {
            "TotalInsts": 1,
            OPCODES.get(opcode, "another"): 1,
            "BranchCount": opcode == "br",
            "UncondBranches": opcode == "br" and len(line.targets()) == 1,
            "TotalMemInst": opcode in MEMORY,
            "testUnary": opcode in UNARY,
            "returnInt": opcode == "call" and bool(re.search(r" i\d+( \([^)]*\))? @", line.text)),
            "binaryConstArg": opcode in BINARY
            and any(CONSTANT.match(value) for value in line.last_operands()),
            "const32Bit": widths.count(32),
            "const64Bit": widths.count(64),
            "numConstZeroes": values.count(0),
            "numConstOnes": values.count(1),
        }
    )


def differences(env, space, counted):
    names = env.observation_spaces[space].names
    return {
        name: (int(value), counted[name])
        for name, value in zip(names, env.observe(space), strict=True)
        if value != counted[name]
    }


STATES = [[], ["function(sroa<modify-cfg>,simplifycfg)"], ["default<Oz>"], ["default<O3>"]]


@pytest.mark.parametrize(
    "program", ["tests/modules/exceptions.ll", "examples/programs/deflate/inflate.c"]
)
def test_both_are_what_the_text_of_the_module_says(program):
    with hone.make("llvm-ic", benchmark=ROOT / program) as env:
        for actions in STATES:
            env.reset()
            env.step_texts(actions)
            ir = env.observe("ir")
            assert differences(env, "instcount", counted_instcount(ir)) == {}
            assert differences(env, "autophase", counted_autophase(ir)) == {}
