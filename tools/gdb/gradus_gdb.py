"""Gradus in GDB: a tensor, an array and a shape are printed as what they hold.

Installed where GDB loads it by itself together with the library; by hand: source gradus_gdb.py.  It reads memory and calls
no function, so that it works on core files too.  Programs compiled with -g.
"""
import gdb
import gdb.printing

MOST_NUMBERS = 12
MAX_RANK = 16


def block_numbers(block):
    """The type, sizes and first numbers of a Block, in row-major order of its axes."""
    rank = int(block["rank"])
    longs = (block.address + 1).cast(gdb.lookup_type("long").pointer())
    sizes = [int(longs[k]) for k in range(rank)]
    strides = [int(longs[rank + k]) for k in range(rank)]
    dtype = "float64" if int(block["dtype"]) == 1 else "float32"
    count = 1
    for size in sizes:
        count *= size
    if int(block["data"]) == 0:
        return dtype, sizes, count, None
    data = block["data"].cast(gdb.lookup_type("double" if dtype == "float64" else "float").pointer())
    numbers = []
    for i in range(min(count, MOST_NUMBERS)):
        offset, rest = 0, i
        for size, stride in zip(reversed(sizes), reversed(strides)):
            offset += rest % size * stride
            rest //= size
        numbers.append(float(data[offset]))
    return dtype, sizes, count, numbers


def array_text(array):
    pointer = array["block_"]["object_"]
    if int(pointer) == 0:
        return None
    dtype, sizes, count, numbers = block_numbers(pointer.dereference())
    if numbers is None:
        return f"{dtype} {sizes} (shape alone)"
    shown = ", ".join(f"{x:g}" for x in numbers) + (", ..." if count > len(numbers) else "")
    return f"{dtype} {shown}" if not sizes else f"{dtype} {sizes} = {{{shown}}}"


class ArrayPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        return array_text(self.value) or "(empty)"


class TensorPrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        text = array_text(self.value["value_"])
        record = self.value["record_"]["object_"]
        if int(record) == 0:
            return text or "(empty)"
        record = record.dereference()
        text = text or array_text(record["result"])
        if record["requires_grad"]:
            text += ", leaf" if int(record["rule"]) == 0 else ", recorded"
        return text


class ShapePrinter:
    def __init__(self, value):
        self.value = value

    def to_string(self):
        sizes = self.value["sizes_"]["_M_elems"]
        return str([int(sizes[k]) for k in range(min(int(self.value["rank_"]), MAX_RANK))])


def printers():
    collection = gdb.printing.RegexpCollectionPrettyPrinter("gradus")
    collection.add_printer("Array", "^gradus::Array$", ArrayPrinter)
    collection.add_printer("Tensor", "^gradus::Tensor$", TensorPrinter)
    collection.add_printer("Shape", "^gradus::Shape$", ShapePrinter)
    return collection


gdb.printing.register_pretty_printer(gdb.current_objfile(), printers(), replace=True)
