// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/ccdfilename.h"
#include "model/rules/natrules.h"
#include "tests/fuzz/fuzzing.h"

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

/// The rules of one LAN for `name`, in all three languages, one after the other.
QString rulesFor(const CommonName &name)
{
    static const auto kTunnel = InterfaceName::parse(u"tun0").value();
    const NatPlan plan{
        name, Translation::Router, {{Prefix::parse(u"10.0.0.0/8").value(), Prefix::parse(u"100.0.0.0/8").value()}}};
    return renderNft(plan, kTunnel).value() + renderIptables(plan, kTunnel).value() +
           renderRouterOs(plan, kTunnel).value();
}

} // namespace

/// CommonName: no control characters, and whatever the name is, rule sets have the same lines and file names stay in
/// their folder.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const auto name = CommonName::parse(textOf(data, size));
    if (!name) {
        for (const QChar c : name.error().detail)
            FUZZ_EXPECT(c.category() != QChar::Other_Control);
        return 0;
    }
    for (const QChar c : name->toString())
        FUZZ_EXPECT(c.category() != QChar::Other_Control);
    static const auto kQuiet = rulesFor(CommonName::parse(u"quiet").value());
    const QString rules = rulesFor(*name);
    FUZZ_EXPECT(rules.count(u'\n') == kQuiet.count(u'\n'));
    FUZZ_EXPECT(rules.count(u'"') == kQuiet.count(u'"'));
    if (const auto file = fileNameFor(*name)) {
        FUZZ_EXPECT(!file->contains(u'/') && *file != u"." && *file != u"..");
        FUZZ_EXPECT(commonNameFromFileName(*file) == *name);
    }
    return 0;
}
