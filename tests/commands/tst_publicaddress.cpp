// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/publicaddress.h"

#include "tests/support/desk.h"

#include <QJsonArray>
#include <QTest>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

const std::vector kMeant{Confirmation::PublicAddress};

/// A desk with the instance `main`, whose server is found at 203.0.113.7, and `six`, which is found at 2001:db8::7.
struct PublicDesk : Desk
{
    PublicDesk()
    {
        addInstance(u"main", {u"10.8.0.0/24"_s});
        addInstance(u"six", {u"10.9.0.0/24"_s});
        publish(u"main", addr(u"203.0.113.7"));
        publish(u"six", addr(u"2001:db8::7"));
    }

    QString publish(QStringView instance, std::optional<Address> address, std::vector<Confirmation> confirmed = {})
    {
        SetInstance command{iname(instance)};
        command.publicAddress = address;
        command.confirmed = std::move(confirmed);
        return answerTo(command);
    }
    QString setLans(QStringView cn, const QStringList &lans, std::vector<Confirmation> confirmed = {})
    {
        return answerTo(ReplaceIroutes{cname(cn), pfxs(lans), std::move(confirmed)});
    }
    QString revert(JournalId entry, std::vector<Confirmation> confirmed = {})
    {
        return answerTo(Revert{entry, std::move(confirmed)});
    }
    /// "accepted", the refusal as "!kind", or what is to be confirmed: "public-address: LAN of CN around ADDRESS of
    /// INSTANCE, ...".
    QString answerTo(const Command &command)
    {
        const QStringList before = fingerprint();
        const auto outcome = submit(command);
        if (!outcome && fingerprint() != before)
            return u"refused, and something changed"_s;
        if (outcome || !outcome.error().payload.contains(u"confirm"_s))
            return refusalOf(outcome);
        if (outcome.error().kind != ErrorKind::Conflict)
            return u"another kind than conflict"_s;
        QStringList lans;
        const QJsonArray list = outcome.error().payload.value(u"lans"_s).toArray();
        for (const QJsonValue each : list) {
            lans +=
                u"%1 of %2 around %3 of %4"_s.arg(each["prefix"_L1].toString(), each["cn"_L1].toString(),
                                                  each["publicAddress"_L1].toString(), each["instance"_L1].toString());
        }
        QStringList kinds;
        const QJsonArray confirm = outcome.error().payload.value(u"confirm"_s).toArray();
        for (const QJsonValue kind : confirm)
            kinds += kind.toString();
        return kinds.join(u' ') + u": "_s + lans.join(u", "_s);
    }
    [[nodiscard]] QStringList lans(QStringView cn) const
    {
        QStringList list;
        for (const IrouteRow *row : topology.list<IrouteRow>(cname(cn)))
            list += row->prefix.toString();
        return list;
    }
};

const QString kAsked = u"public-address: 203.0.113.0/24 of a around 203.0.113.7 of main"_s;

} // namespace

/// "A prefix that contains the server's public address must be confirmed." SEMANTICS.md 2
class TestPublicAddress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aNewLanAroundItIsAskedFor_data()
    {
        QTest::addColumn<QStringList>("lans");
        QTest::addColumn<QString>("answer");
        QTest::newRow("a network around it") << QStringList(u"203.0.113.0/24"_s) << kAsked;
        QTest::newRow("the address itself")
            << QStringList(u"203.0.113.7/32"_s) << u"public-address: 203.0.113.7/32 of a around 203.0.113.7 of main"_s;
        QTest::newRow("a network around an IPv6 one")
            << QStringList(u"2001:db8::/32"_s) << u"public-address: 2001:db8::/32 of a around 2001:db8::7 of six"_s;
        QTest::newRow("one of each") << QStringList{u"192.168.1.0/24"_s, u"2001:db8::/64"_s, u"203.0.112.0/23"_s}
                                     << u"public-address: 203.0.112.0/23 of a around 203.0.113.7 of main, "
                                        "2001:db8::/64 of a around 2001:db8::7 of six"_s;
        QTest::newRow("the network beside it") << QStringList(u"203.0.112.0/24"_s) << u"accepted"_s;
        QTest::newRow("the neighbour") << QStringList(u"203.0.113.6/32"_s) << u"accepted"_s;
        QTest::newRow("the IPv6 network beside it") << QStringList(u"2001:db9::/32"_s) << u"accepted"_s;
    }
    void aNewLanAroundItIsAskedFor()
    {
        QFETCH(QStringList, lans);
        PublicDesk d;
        QTEST(d.setLans(u"a", lans), "answer");
        QCOMPARE(d.setLans(u"a", lans, kMeant), u"accepted"_s);
        QCOMPARE(d.lans(u"a").size(), lans.size());
    }

    void aLanThatIsThereIsNotAskedForAgain()
    {
        PublicDesk d;
        QCOMPARE(d.setLans(u"a", {u"203.0.113.0/24"_s}, kMeant), u"accepted"_s);
        QCOMPARE(d.setLans(u"a", {u"203.0.113.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.setLans(u"a", {u"203.0.113.0/24"_s, u"192.168.1.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.run(RenameConnector{cname(u"a"), cname(u"z")}), u"accepted"_s);
        QCOMPARE(d.setLans(u"z", {u"203.0.113.0/24"_s}), u"accepted"_s);
        QCOMPARE(d.setLans(u"z", {u"203.0.0.0/16"_s}),
                 u"public-address: 203.0.0.0/16 of z around 203.0.113.7 of main"_s);
        QCOMPARE(d.setLans(u"b", {u"203.0.113.0/24"_s}), QString(kAsked).replace(u" a "_s, u" b "_s));
        QCOMPARE(d.setLans(u"z", {}), u"accepted"_s);
        QCOMPARE(d.setLans(u"z", {u"203.0.113.0/24"_s}), QString(kAsked).replace(u" a "_s, u" z "_s));
    }

    void anImportIsAskedForWithEveryLanOfIt()
    {
        PublicDesk d;
        const CcdEntry a{cname(u"a"), {}, {}, pfxs({u"203.0.113.0/24"_s})};
        const CcdEntry b{cname(u"b"), {}, {}, pfxs({u"192.168.1.0/24"_s, u"203.0.113.0/25"_s})};
        QCOMPARE(d.answerTo(ImportCcd{iname(u"main"), {a, b}}),
                 kAsked + u", 203.0.113.0/25 of b around 203.0.113.7 of main"_s);
        QCOMPARE(d.answerTo(ImportCcd{iname(u"main"), {a, b}, kMeant}), u"accepted"_s);
        QCOMPARE(d.answerTo(ImportCcd{iname(u"main"), {a, b}}), u"accepted"_s); // nothing is new
        // Two connectors exchange their LANs: whoever was pushed a route to them still is.
        QCOMPARE(
            d.answerTo(ImportCcd{iname(u"main"), {{cname(u"a"), {}, {}, b.iroutes}, {cname(u"b"), {}, {}, a.iroutes}}}),
            u"accepted"_s);
    }

    void anAddressInsideOfADeclaredLanIsAskedFor()
    {
        PublicDesk d;
        d.setLans(u"a", {u"198.51.100.0/24"_s});
        d.setLans(u"b", {u"198.51.0.0/16"_s});
        const QString asked = u"public-address: 198.51.100.0/24 of a around 198.51.100.9 of main, "
                              "198.51.0.0/16 of b around 198.51.100.9 of main"_s;
        QCOMPARE(d.publish(u"main", addr(u"198.51.100.9")), asked);
        QCOMPARE(d.publish(u"main", addr(u"198.51.100.9"), kMeant), u"accepted"_s);
        QCOMPARE(d.publish(u"main", addr(u"198.51.100.9")), u"accepted"_s);
        SetInstance other{iname(u"main")};
        other.blockLength = 24;
        QCOMPARE(d.answerTo(other), u"accepted"_s); // another setting asks nothing

        AddInstance third{instanceRow(u"third", u"10.10.0.0/24"), pfxs({u"10.10.0.0/24"_s})};
        third.instance.publicAddress = addr(u"198.51.200.1");
        QCOMPARE(d.answerTo(third), u"public-address: 198.51.0.0/16 of b around 198.51.200.1 of third"_s);
        third.confirmed = kMeant;
        QCOMPARE(d.answerTo(third), u"accepted"_s);
    }

    void anAddressThatIsTakenAwayAsksNothingAnyMore()
    {
        PublicDesk d;
        QCOMPARE(d.publish(u"main", std::nullopt), u"accepted"_s);
        QCOMPARE(d.topology.find<InstanceRow>(iname(u"main"))->publicAddress, std::nullopt);
        QCOMPARE(d.setLans(u"a", {u"203.0.113.0/24"_s}), u"accepted"_s);
    }

    void anAddressInTheTunnelNetworkIsRefused()
    {
        PublicDesk d;
        QCOMPARE(d.publish(u"main", addr(u"10.8.0.7"), kMeant), u"!invalid"_s);
    }

    // DESIGN 4: undo is a command, so what it brings about is asked for as well.
    void whatWasConfirmedIsTakenBack()
    {
        PublicDesk d;
        d.setLans(u"a", {u"192.168.1.0/24"_s});
        d.setLans(u"a", {u"203.0.113.0/24"_s}, kMeant);
        const JournalId entry = d.head();
        QCOMPARE(d.revert(entry), u"accepted"_s);
        QCOMPARE(d.lans(u"a"), QStringList(u"192.168.1.0/24"_s));
        const JournalId undone = d.head();
        QCOMPARE(d.revert(undone), kAsked); // redo
        QCOMPARE(d.revert(undone, kMeant), u"accepted"_s);
        QCOMPARE(d.lans(u"a"), QStringList(u"203.0.113.0/24"_s));
    }

    void anAddressThatWasConfirmedIsTakenBack()
    {
        PublicDesk d;
        d.publish(u"main", std::nullopt);
        d.setLans(u"a", {u"203.0.113.0/24"_s});
        d.publish(u"main", addr(u"203.0.113.9"), kMeant);
        const JournalId entry = d.head();
        QCOMPARE(d.revert(entry), u"accepted"_s);
        QCOMPARE(d.topology.find<InstanceRow>(iname(u"main"))->publicAddress, std::nullopt);
        QCOMPARE(d.revert(d.head()), QString(kAsked).replace(u".7 "_s, u".9 "_s));
        QCOMPARE(d.revert(d.head(), kMeant), u"accepted"_s);
    }

    void aRenameIsTakenBackUnasked()
    {
        PublicDesk d;
        d.setLans(u"a", {u"203.0.113.0/24"_s}, kMeant);
        d.run(RenameConnector{cname(u"a"), cname(u"z")});
        QCOMPARE(d.revert(d.head()), u"accepted"_s);
        QCOMPARE(d.lans(u"a"), QStringList(u"203.0.113.0/24"_s));
    }
};

QTEST_GUILESS_MAIN(TestPublicAddress)
#include "tst_publicaddress.moc"
