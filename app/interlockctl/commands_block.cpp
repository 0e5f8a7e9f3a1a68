// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "model/rules/block.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct BlockArgs
{
    std::optional<Address> address;
    std::optional<int> length;
};

void declareOf(Arguments args, BlockArgs &a)
{
    args.required("ADDRESS", a.address, "IPv4 or IPv6");
    args.optional("--length", a.length, "Length of a block (default 27, for IPv6 64)", "N");
}

Expected<Answer> of(Session & /*session*/, const BlockArgs &a)
{
    const int length = a.length.value_or(a.address->isIPv4() ? 27 : 64);
    if (length < 0 || length > a.address->width()) {
        return fail(ErrorKind::Invalid,
                    u"a block of %1 has a length of 0 to %2"_s.arg(a.address->toString()).arg(a.address->width()),
                    {{u"argument"_s, u"--length"_s}});
    }
    const Prefix block = blockOf(*a.address, length);
    return Answer{{{u"address"_s, a.address->toString()}, {u"length"_s, length}, {u"block"_s, block.toString()}},
                  block.toString(),
                  {},
                  0};
}

} // namespace

void addBlockCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("block", "The visibility unit that an address falls into");
    tree.addVerb<BlockArgs>(group, "of", "The block of an address; needs no store", declareOf, of);
}

} // namespace interlock
