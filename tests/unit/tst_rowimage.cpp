// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/rowimage.h"

#include "model/rules/rowcodec.h"
#include "tests/support/hostilenames.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QTest>

#include <functional>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

Prefix prefix(const QString &text)
{
    return Prefix::parse(text).value();
}
Address address(const QString &text)
{
    return Address::parse(text).value();
}
CommonName cn(const QString &text)
{
    return CommonName::parse(text).value();
}
InstanceName instance()
{
    return InstanceName::parse(u"office"_s).value();
}

constexpr Timestamp kThen = Timestamp::fromMilliseconds(1'767'225'600'125);
constexpr Timestamp kLater = Timestamp::fromMilliseconds(1'767'312'000'000);

/// One row of every table; no field has its default where it has one.
std::vector<Row> sampleRows()
{
    const ControllerName controller = ControllerName::parse(u"hq"_s).value();
    const NetworkName network = NetworkName::parse(u"lab"_s).value();
    const NetworkId networkId = NetworkId::parse(u"8056c2e21c000001"_s).value();
    const NodeId node = NodeId::parse(u"aabbccddee"_s).value();
    return {
        InstanceRow{instance(), u"unix:/run/openvpn/office.sock"_s, prefix(u"10.8.0.0/24"_s), address(u"10.8.0.1"_s),
                    address(u"203.0.113.7"_s), DeviceMode::Tap, u"/etc/interlock/password"_s, 28, 56,
                    CollisionPolicy::StandInBoth, prefix(u"100.64.0.0/10"_s), UnknownCnPolicy::Admit, true,
                    MoveLivePolicy::Window, StoreDownPolicy::Deny, u"acme"_s, kThen, 3},
        PoolRow{instance(), prefix(u"10.8.0.0/25"_s), 2, 4},
        ConnectorRow{cn(u"a\"b'c"_s), u"shops"_s, u"first line\nsecond"_s, Translation::Router, kThen, 5},
        IrouteRow{cn(u"../../etc/passwd"_s), prefix(u"fd00:1::/48"_s), kThen, 6},
        AllocationRow{instance(), cn(u"branch"_s), 6, address(u"fd00::5"_s), u"acme"_s, kThen, 7},
        ClaimRow{cn(u"branch"_s), prefix(u"192.168.1.0/30"_s), prefix(u"100.64.0.0/30"_s), prefix(u"100.64.0.0/27"_s),
                 instance(), kThen, 8},
        ExclusionRow{prefix(u"100.64.1.0/24"_s), u"the carrier's own"_s, kThen, 9},
        QuarantineRow{prefix(u"100.64.0.32/27"_s), cn(u"şube-İzmir"_s), kThen, kLater, 10},
        OptionRow{OptionScope::Instance, u"office"_s, OptionType::DhcpOption, u"DNS 10.0.0.53"_s, 11},
        SettingRow{u"quarantine"_s, u"24h"_s, 12},
        TenantRow{u"acme"_s, u"the customer in \"Łódź\""_s, kThen, 13},
        SubnetRow{u"acme"_s, prefix(u"10.1.2.0/24"_s), u"server 2"_s, SubnetRole::ZerotierChild, u"line\nline"_s,
                  u"edge;prod"_s, uR"({"rack":"7"})"_s, kThen, 14},
        AddressRow{u"acme"_s, address(u"10.1.2.254"_s), AddressState::Quarantined, u"controller"_s, u"old"_s, u"prod"_s,
                   uR"({"port":"3"})"_s, kLater, kThen, 15},
        ControllerRow{
            controller, u"https://vpn.example/zt"_s, u"/run/\"token\""_s, ControllerFlavour::Central, {}, kThen, 16},
        NetworkRow{network, networkId, controller, u"acme"_s, prefix(u"10.0.0.0/8"_s), ChildRoutes::Leaves,
                   ParentRoute::Via, address(u"10.1.1.254"_s), u"lab"_s, u"Łab"_s, true, 32, kNotOurs, u"example.org"_s,
                   u"10.0.0.53"_s, address(u"10.0.0.1"_s), kThen, 17},
        OwnedRouteRow{network, prefix(u"fd00:1::/64"_s), {}, kThen, 18},
        OwnedPoolRow{network, address(u"10.1.1.10"_s), address(u"10.1.1.99"_s), kThen, 19},
        GroupRow{u"tills"_s, u"in the shops"_s, kThen, 20},
        DeviceRow{u"till \"1\""_s, u"tills"_s, node, cn(u"şube-İzmir"_s), {}, kThen, 21},
        MemberRow{network, node, MemberStanding::Removed, {}, {}, kThen, 22},
        VariableRow{VariableScope::Store, {}, u"OW_prefixlen"_s, u"a\nb"_s, 23},
        TemplateRow{u"base"_s, u"dns {{ dns }}\r\n"_s, u"for all"_s, kThen, 24},
        DivisionRuleRow{u"OW"_s, {}, prefix(u"10.2.0.0/16"_s), 28, 2, 2, u"lab"_s, kThen, 25},
        DivisionShareRow{u"OW"_s, u"till \"1\""_s, 2, 0, prefix(u"10.2.0.32/28"_s), 26},
    };
}

QStringList optionalFields(const Row &row)
{
    QStringList names;
    std::visit(
        [&](const auto &r) {
            forEachField(r, [&]<typename T>(const auto &field, const T &) {
                if (kIsOptional<T>)
                    names += QString::fromUtf16(field.json);
            });
        },
        row);
    return names;
}

} // namespace

class TestRowImage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSampleOfEveryTableIsTested()
    {
        const auto rows = sampleRows();
        QCOMPARE(rows.size(), kTableCount);
        for (std::size_t table = 0; table < rows.size(); ++table) {
            QCOMPARE(tableOf(rows[table]), table);
            QCOMPARE(tableNamed(QStringView(kTableNames.at(table))).value(), table);
        }
    }

    void theTextOfAnImageIsTheImage()
    {
        for (const Row &row : sampleRows())
            QCOMPARE(QJsonDocument::fromJson(imageText(row).toUtf8()).object(), imageOf(row));
    }

    void everyRowComesBackFromItsImageThroughJsonText()
    {
        for (const Row &row : sampleRows()) {
            const QByteArray text = QJsonDocument(imageOf(row)).toJson(QJsonDocument::Compact);
            const auto back = rowFromImage(tableOf(row), QJsonDocument::fromJson(text).object());
            QVERIFY2(back.has_value(), qPrintable(back ? QString() : back.error().detail));
            QVERIFY2(*back == row, text.constData());
        }
    }

    void hostileNamesComeBackFromTheirImage()
    {
        for (const QString &name : hostileCommonNames()) {
            if (name.isEmpty())
                continue;
            const Row row = IrouteRow{cn(name), prefix(u"10.0.0.0/8"_s), kThen, 1};
            QVERIFY2(rowFromImage(tableOf(row), imageOf(row)).value() == row, qPrintable(name));
        }
    }

    void anImageWithoutAFieldIsCorrupt()
    {
        for (const Row &row : sampleRows()) {
            const QJsonObject image = imageOf(row);
            const QStringList mayBeAbsent = optionalFields(row); // the next test
            for (const QString &field : image.keys()) {
                if (mayBeAbsent.contains(field))
                    continue;
                QJsonObject damaged = image;
                damaged.remove(field);
                const auto back = rowFromImage(tableOf(row), damaged);
                QVERIFY2(!back, qPrintable(field));
                QCOMPARE(back.error().kind, ErrorKind::StoreCorrupt);
                QVERIFY2(back.error().detail.contains(field), qPrintable(back.error().detail));
            }
        }
    }

    void anImageFromBeforeAFieldThatMayBeAbsentIsARowWithoutIt()
    {
        auto row = std::get<InstanceRow>(sampleRows().front());
        QJsonObject image = imageOf(row);
        image.remove(u"publicAddress"_s);
        row.publicAddress.reset();
        QVERIFY(rowFromImage(0, image).value() == Row(row));
        QVERIFY(rowFromImage(0, imageOf(row)).value() == Row(row)); // and as it is written now
    }

    void anImageWithAFieldOfAnotherJsonTypeIsCorrupt()
    {
        for (const Row &row : sampleRows()) {
            const QJsonObject image = imageOf(row);
            for (const QString &field : image.keys()) {
                QJsonObject damaged = image;
                damaged[field] = QJsonArray{};
                const auto back = rowFromImage(tableOf(row), damaged);
                QVERIFY2(!back, qPrintable(field));
                QCOMPARE(back.error().kind, ErrorKind::StoreCorrupt);
            }
        }
    }

    // The promise of rowFromImage() for a field that is there but does not parse.
    void anImageWithATextThatDoesNotParseIsCorrupt()
    {
        QJsonObject instanceImage = imageOf(sampleRows().front());
        instanceImage[u"publicAddress"_s] = u"203.0.113"_s;
        QCOMPARE(rowFromImage(0, instanceImage).error().kind, ErrorKind::StoreCorrupt);
        const Row row = ClaimRow{cn(u"branch"_s),
                                 prefix(u"192.168.1.0/30"_s),
                                 prefix(u"100.64.0.0/30"_s),
                                 prefix(u"100.64.0.0/27"_s),
                                 instance(),
                                 kThen,
                                 8};
        for (const QString &field : {u"cn"_s, u"real"_s, u"virtual"_s, u"hold"_s, u"instance"_s}) {
            QJsonObject damaged = imageOf(row);
            damaged[field] = u"\n"_s;
            const auto back = rowFromImage(tableOf(row), damaged);
            QVERIFY2(!back, qPrintable(field));
            QCOMPARE(back.error().kind, ErrorKind::StoreCorrupt);
        }
    }

    void anUnknownTableIsCorrupt()
    {
        QCOMPARE(rowFromImage(kTableCount, {}).error().kind, ErrorKind::StoreCorrupt);
        QCOMPARE(tableNamed(u"journal").error().kind, ErrorKind::StoreCorrupt);
    }

    void versionsAndTimesDoNotChangeTheContent()
    {
        for (const Row &row : sampleRows()) {
            const Row newer = withVersion(row, versionOf(row) + 1);
            QVERIFY(newer != row);
            QVERIFY(sameContent(newer, row));
            QCOMPARE(versionOf(newer), versionOf(row) + 1);
            QCOMPARE(keyOf(newer), keyOf(row));
        }
        const IrouteRow iroute{cn(u"branch"_s), prefix(u"10.0.0.0/8"_s), kThen, 1};
        QVERIFY(sameContent(iroute, IrouteRow{iroute.cn, iroute.prefix, kLater, 1}));
    }

    void dataAndIdentityChangeTheContent()
    {
        const ConnectorRow row{cn(u"branch"_s), u"shops"_s, u"text"_s, Translation::Client, kThen, 1};
        const auto changed = [&](const std::function<void(ConnectorRow &)> &change) {
            ConnectorRow other = row;
            change(other);
            return Row(other);
        };
        for (const Row &other : {changed([](ConnectorRow &r) { r.cn = cn(u"branch2"_s); }),
                                 changed([](ConnectorRow &r) { r.group = u"offices"_s; }),
                                 changed([](ConnectorRow &r) { r.description.clear(); }),
                                 changed([](ConnectorRow &r) { r.translation = Translation::Host; })})
            QVERIFY(!sameContent(row, other));
        QVERIFY(!sameContent(row, SettingRow{u"branch"_s, u"text"_s, 1}));
    }

    void keysOfDifferentIdentitiesDifferHoweverTheirPartsAreCut()
    {
        const auto key = [](const QString &holder, const QString &value) {
            return keyOf(OptionRow{OptionScope::Cn, holder, OptionType::Route, value, 0});
        };
        QVERIFY(key(u"a\",\"b"_s, u"c"_s) != key(u"a"_s, u"b\",\"c"_s));
        QVERIFY(key(u"a,b"_s, u"c"_s) != key(u"a"_s, u"b,c"_s));
        QCOMPARE(key(u"a"_s, u"b"_s), key(u"a"_s, u"b"_s));
    }
};

QTEST_GUILESS_MAIN(TestRowImage)
#include "tst_rowimage.moc"
