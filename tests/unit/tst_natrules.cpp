// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/natrules.h"
#include "tests/support/hostilenames.h"

#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(const QString &text)
{
    return Prefix::parse(text).value();
}

NatPlan planOf(const QString &name, std::vector<NatPair> pairs)
{
    return {CommonName::parse(name).value(), Translation::Router, std::move(pairs)};
}

NatPlan branchWithTwoLans()
{
    return planOf(u"branch-berlin"_s, {{prefix(u"192.168.1.0/27"_s), prefix(u"100.64.0.32/27"_s)},
                                       {prefix(u"172.16.0.0/24"_s), prefix(u"172.16.0.0/24"_s)},
                                       {prefix(u"10.1.2.4/30"_s), prefix(u"100.64.0.64/30"_s)}});
}

InterfaceName interface(const QString &name)
{
    return InterfaceName::parse(name).value();
}

/// Runs `script` by sh in a network namespace of its own and gives its output and error output.
struct Outcome
{
    int exitCode = -1;
    QString output;
};
Outcome runInOwnNamespace(const QString &script, const QString &input)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(u"unshare"_s, {u"-n"_s, u"sh"_s, u"-e"_s, u"-c"_s, script});
    process.write(input.toUtf8());
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000))
        return {};
    return {process.exitCode(), QString::fromUtf8(process.readAll())};
}

/// Why rules cannot be loaded here; empty where they can.
QString missingForLoading(const QString &program)
{
    if (geteuid() != 0)
        return u"loading rules needs root"_s;
    const QStringList places{u"/usr/sbin"_s, u"/sbin"_s, u"/usr/bin"_s, u"/bin"_s};
    if (QStandardPaths::findExecutable(program).isEmpty() && QStandardPaths::findExecutable(program, places).isEmpty())
        return u"%1 is not installed"_s.arg(program);
    if (const auto namespaces = runInOwnNamespace(u"true"_s, {}); namespaces.exitCode != 0)
        return u"there are no network namespaces here: "_s + namespaces.output;
    return {};
}

} // namespace

// Skipping is for developers' machines; where CI is set, what cannot be tried has failed.
#define SKIP_UNLESS_LOADABLE(program)                                                                                  \
    do {                                                                                                               \
        const QString missing = missingForLoading(program);                                                            \
        if (!missing.isEmpty() && qEnvironmentVariableIsSet("CI"))                                                     \
            QFAIL(qPrintable(missing));                                                                                \
        if (!missing.isEmpty())                                                                                        \
            QSKIP(qPrintable(missing));                                                                                \
    } while (false)

class TestNatRules : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // openvpn/FACTS.md 13
    void nftMapsPrefixesBothWaysAndReplacesItsOwnTable()
    {
        QCOMPARE(renderNft(branchWithTwoLans(), interface(u"tun0"_s)).value(),
                 QString::fromUtf8(R"(# Interlock: stand-ins of connector branch-berlin
table ip interlock
delete table ip interlock
table ip interlock {
    chain prerouting {
        type nat hook prerouting priority dstnat; policy accept;
        iifname "tun0" dnat ip prefix to ip daddr map { 100.64.0.64/30 : 10.1.2.4/30, 100.64.0.32/27 : 192.168.1.0/27 }
    }
    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        oifname "tun0" snat ip prefix to ip saddr map { 10.1.2.4/30 : 100.64.0.64/30, 192.168.1.0/27 : 100.64.0.32/27 }
    }
}
)"));
    }

    void iptablesUsesOwnChainsAndNetmap()
    {
        const QString text = renderIptables(branchWithTwoLans(), interface(u"tun1"_s)).value();
        QStringList lines = text.split(u'\n');
        lines.removeIf([](const QString &line) { return line.startsWith(u'#'); });
        QCOMPARE(lines, (QStringList{u"*nat"_s, u":INTERLOCK-PRE - [0:0]"_s, u":INTERLOCK-POST - [0:0]"_s,
                                     u"-A INTERLOCK-PRE -d 100.64.0.64/30 -i tun1 -j NETMAP --to 10.1.2.4/30"_s,
                                     u"-A INTERLOCK-POST -s 10.1.2.4/30 -o tun1 -j NETMAP --to 100.64.0.64/30"_s,
                                     u"-A INTERLOCK-PRE -d 100.64.0.32/27 -i tun1 -j NETMAP --to 192.168.1.0/27"_s,
                                     u"-A INTERLOCK-POST -s 192.168.1.0/27 -o tun1 -j NETMAP --to 100.64.0.32/27"_s,
                                     u"COMMIT"_s, QString()}));
    }

    void routerOsRemovesItsOwnRulesBeforeAddingThem()
    {
        const QString text =
            renderRouterOs(planOf(u"branch"_s, {{prefix(u"192.168.1.0/27"_s), prefix(u"100.64.0.0/27"_s)}}),
                           interface(u"ovpn-out1"_s))
                .value();
        QCOMPARE(text, QString::fromUtf8(R"(# Interlock: stand-ins of connector branch
/ip firewall nat remove [find comment~"^interlock "]
/ip firewall nat add chain=dstnat in-interface=ovpn-out1 dst-address=100.64.0.0/27 action=netmap to-addresses=192.168.1.0/27 comment="interlock branch"
/ip firewall nat add chain=srcnat out-interface=ovpn-out1 src-address=192.168.1.0/27 action=netmap to-addresses=100.64.0.0/27 comment="interlock branch"
)"));
    }

    void theOrderOfThePairsDoesNotChangeTheText()
    {
        NatPlan turned = branchWithTwoLans();
        std::ranges::reverse(turned.pairs);
        const auto tun = interface(u"tun0"_s);
        QCOMPARE(renderNft(turned, tun).value(), renderNft(branchWithTwoLans(), tun).value());
        QCOMPARE(renderIptables(turned, tun).value(), renderIptables(branchWithTwoLans(), tun).value());
        QCOMPARE(renderRouterOs(turned, tun).value(), renderRouterOs(branchWithTwoLans(), tun).value());
    }

    void aPlanOfSentinelsOnlyRemovesEarlierRules()
    {
        const auto plan = planOf(u"branch"_s, {{prefix(u"192.168.1.0/27"_s), prefix(u"192.168.1.0/27"_s)}});
        const auto tun = interface(u"tun0"_s);
        QCOMPARE(renderNft(plan, tun).value(),
                 u"# Interlock: stand-ins of connector branch\ntable ip interlock\ndelete table ip interlock\n"_s);
        QVERIFY(!renderIptables(plan, tun).value().contains(u"\n-A "_s));
        QVERIFY(!renderRouterOs(plan, tun).value().contains(u" add "_s));
    }

    void saysWhenTheRouterIsNotTheOneWhoTranslates()
    {
        NatPlan plan = branchWithTwoLans();
        const auto tun = interface(u"tun0"_s);
        QVERIFY(!renderNft(plan, tun).value().contains(u"not needed"_s));
        for (const auto translation : {Translation::Client, Translation::Host}) {
            plan.translation = translation;
            for (const auto &text : {renderNft(plan, tun), renderIptables(plan, tun), renderRouterOs(plan, tun)})
                QVERIFY(text.value().contains(u"not needed"_s));
        }
    }

    void pairsThatCannotBeTranslatedAreRefusedByEveryRenderer_data()
    {
        QTest::addColumn<QStringList>("prefixes");
        QTest::addColumn<QString>("kind");
        QTest::newRow("other length") << QStringList{u"192.168.1.0/24"_s, u"100.64.0.0/27"_s} << u"invalid"_s;
        QTest::newRow("IPv6") << QStringList{u"fd00::/64"_s, u"fd01::/64"_s} << u"unsupported"_s;
        QTest::newRow("real prefixes overlap")
            << QStringList{u"192.168.1.0/24"_s, u"100.64.0.0/24"_s, u"192.168.1.32/27"_s, u"100.64.1.0/27"_s}
            << u"overlapsItself"_s;
        QTest::newRow("stand-ins overlap")
            << QStringList{u"192.168.1.0/24"_s, u"100.64.0.0/24"_s, u"192.168.2.0/27"_s, u"100.64.0.64/27"_s}
            << u"overlapsItself"_s;
    }
    void pairsThatCannotBeTranslatedAreRefusedByEveryRenderer()
    {
        QFETCH(QStringList, prefixes);
        QFETCH(QString, kind);
        std::vector<NatPair> pairs;
        for (qsizetype i = 0; i < prefixes.size(); i += 2)
            pairs.push_back({prefix(prefixes[i]), prefix(prefixes[i + 1])});
        const auto plan = planOf(u"branch"_s, pairs);
        const auto tun = interface(u"tun0"_s);
        for (const auto &text : {renderNft(plan, tun), renderIptables(plan, tun), renderRouterOs(plan, tun)}) {
            QVERIFY(!text);
            QCOMPARE(nameOf(text.error().kind), kind);
        }
    }

    // openvpn/FACTS.md 56: the name is attacker's text
    void aHostileNameChangesNothingButLettersOfComments()
    {
        const auto tun = interface(u"tun0"_s);
        const std::vector<NatPair> pairs{{prefix(u"192.168.1.0/27"_s), prefix(u"100.64.0.0/27"_s)}};
        QStringList names = hostileCommonNames();
        names += {u"\" ; /system reset-configuration ; :put \""_s, u"x\\"_s, u"[find]"_s, u"?"_s, u"%1 %2"_s};
        for (const QString &name : std::as_const(names)) {
            if (name.isEmpty())
                continue;
            QString plain;
            for (const QChar c : name) {
                const bool isKept = c.unicode() < 128 && (c.isLetterOrNumber() || u".-@"_s.contains(c));
                plain += isKept ? c : QChar(u'_');
            }
            const auto hostile = planOf(name, pairs);
            const auto harmless = planOf(plain, pairs);
            QCOMPARE(renderNft(hostile, tun).value(), renderNft(harmless, tun).value());
            QCOMPARE(renderIptables(hostile, tun).value(), renderIptables(harmless, tun).value());
            QCOMPARE(renderRouterOs(hostile, tun).value(), renderRouterOs(harmless, tun).value());
            QVERIFY(renderRouterOs(hostile, tun).value().contains(u"comment=\"interlock %1\"\n"_s.arg(plain)));
        }
    }

    void interfaceNamesCannotCarryRules_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("isName");
        QTest::newRow("tun0") << u"tun0"_s << true;
        QTest::newRow("all marks") << u"ovpn-out.1_x"_s << true;
        QTest::newRow("15 characters") << QString(15, u'x') << true;
        QTest::newRow("16 characters") << QString(16, u'x') << false;
        QTest::newRow("nothing") << QString() << false;
        QTest::newRow("a quote") << u"tun\"0"_s << false;
        QTest::newRow("a blank") << u"tun 0"_s << false;
        QTest::newRow("a line end") << u"tun0\n"_s << false;
        QTest::newRow("a slash") << u"tun/0"_s << false;
        QTest::newRow("a wildcard") << u"tun+"_s << false;
        QTest::newRow("an option") << u"-j"_s << false;
        QTest::newRow("the parent folder") << u".."_s << false;
    }
    void interfaceNamesCannotCarryRules()
    {
        QFETCH(QString, text);
        QFETCH(bool, isName);
        QCOMPARE(InterfaceName::parse(text).has_value(), isName);
    }

    // SOURCES S7: idempotent, from nothing but rows
    void nftLoadsTheTextTwiceAndThenHoldsItOnce()
    {
        SKIP_UNLESS_LOADABLE(u"nft"_s);
        const QString text = renderNft(branchWithTwoLans(), interface(u"tun0"_s)).value();
        const auto once =
            runInOwnNamespace(u"export PATH=$PATH:/usr/sbin:/sbin; nft -f -; nft -s list ruleset"_s, text);
        QVERIFY2(once.exitCode == 0, qPrintable(once.output));
        const auto twice = runInOwnNamespace(
            u"export PATH=$PATH:/usr/sbin:/sbin; t=$(cat); echo \"$t\" | nft -c -f -; echo \"$t\" | nft -f -; "
            "echo \"$t\" | nft -f -; nft -s list ruleset"_s,
            text);
        QVERIFY2(twice.exitCode == 0, qPrintable(twice.output));
        QCOMPARE(twice.output, once.output);
        QCOMPARE(once.output.count(u"table ip interlock"_s), 1);
        QCOMPARE(once.output.count(u"192.168.1.0/27"_s), 2);
    }

    void nftTextWithoutPairsRemovesTheTable()
    {
        SKIP_UNLESS_LOADABLE(u"nft"_s);
        const QString full = renderNft(branchWithTwoLans(), interface(u"tun0"_s)).value();
        const QString none = renderNft(planOf(u"branch-berlin"_s, {}), interface(u"tun0"_s)).value();
        const auto after = runInOwnNamespace(
            u"export PATH=$PATH:/usr/sbin:/sbin; nft -f -; printf '%s' '%1' | nft -f -; nft list ruleset"_s.arg(none),
            full);
        QVERIFY2(after.exitCode == 0, qPrintable(after.output));
        QCOMPARE(after.output, QString());
    }

    void iptablesLoadsTheTextTwiceAndLeavesOtherRulesAlone()
    {
        SKIP_UNLESS_LOADABLE(u"iptables-restore"_s);
        const QString text = renderIptables(branchWithTwoLans(), interface(u"tun0"_s)).value();
        const QString foreign = u"-A POSTROUTING -o eth0 -j MASQUERADE"_s;
        const QString hooks = QStringList(text.split(u'\n').filter(u"# iptables -t nat -C"_s))
                                  .replaceInStrings(u"# "_s, QString())
                                  .join(u"; "_s);
        QVERIFY(!hooks.isEmpty());
        const auto loaded = runInOwnNamespace(
            u"export PATH=$PATH:/usr/sbin:/sbin; t=$(cat); iptables -t nat %1; "
            "echo \"$t\" | iptables-restore --test --noflush; "
            "for i in 1 2; do echo \"$t\" | iptables-restore --noflush; %2; done 2>/dev/null; iptables -t nat -S"_s.arg(
                foreign, hooks),
            text);
        QVERIFY2(loaded.exitCode == 0, qPrintable(loaded.output));
        QStringList rules = loaded.output.split(u'\n').filter(u"-A "_s);
        rules.sort();
        QStringList expected = text.split(u'\n').filter(QRegularExpression(u"^-A "_s));
        expected += {foreign, u"-A PREROUTING -j INTERLOCK-PRE"_s, u"-A POSTROUTING -j INTERLOCK-POST"_s};
        expected.sort();
        QCOMPARE(rules, expected);
    }
};

QTEST_GUILESS_MAIN(TestNatRules)
#include "tst_natrules.moc"
