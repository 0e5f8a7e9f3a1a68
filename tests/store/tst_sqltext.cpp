// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/rowtable.h"
#include "model/store/sqltext.h"
#include "tests/support/storeproof.h"

#include <QDirIterator>
#include <QRegularExpression>
#include <QTest>

using namespace interlock;
using namespace interlock::test;
using namespace Qt::StringLiterals;

namespace {

/// Statements of a folder of resources/sql, without scripts, templates and what cannot be prepared.
QStringList statementsIn(const QString &folder)
{
    QStringList names;
    for (const QString &file : QDir(u":/interlock/sql/"_s + folder).entryList({u"*.sql"_s}, QDir::Files, QDir::Name)) {
        const QString path = folder + u'/' + file;
        const QString text = sqlFile(path);
        if (sqlScript(path).size() == 1 && !text.contains(u'%') && !text.contains(u"${"_s) && !text.contains(u';') &&
            !text.startsWith(u"ROLLBACK"_s))
            names.append(file.chopped(4));
    }
    return names;
}

template <typename R>
QStringList columnsOf()
{
    QStringList names;
    std::apply([&](const auto &...field) { (names.append(QString::fromUtf16(field.sql)), ...); }, R::kFields);
    return names;
}

template <std::size_t... I>
std::vector<QStringList> columnsOfAll(std::index_sequence<I...>)
{
    return {columnsOf<std::variant_alternative_t<I, Row>>()...};
}

/// A row of each table, in the order of kTableNames.
std::vector<Row> oneOfEach()
{
    const Prefix lan = prefix("10.1.0.0/16");
    const ControllerName controller = ControllerName::parse(u"hq"_s).value();
    const NetworkName network = NetworkName::parse(u"lab"_s).value();
    const NetworkId networkId = NetworkId::parse(u"8056c2e21c000001"_s).value();
    const NodeId node = NodeId::parse(u"aabbccddee"_s).value();
    return {usualInstance().instance,
            PoolRow{instanceName(), lan, 0, 1},
            ConnectorRow{cn("a"), {}, {}, Translation::Client, {}, 1},
            IrouteRow{cn("a"), lan, {}, 1},
            AllocationRow{instanceName(), cn("a"), 4, address("10.8.0.5"), {}, {}, 1},
            ClaimRow{cn("a"), lan, lan, lan, instanceName(), {}, 1},
            ExclusionRow{prefix("100.64.0.0/24"), {}, {}, 1},
            QuarantineRow{prefix("100.65.0.0/24"), cn("a"), {}, {}, 1},
            OptionRow{OptionScope::Cn, u"a"_s, OptionType::Ping, u"10"_s, 1},
            SettingRow{u"quarantineHours"_s, u"1"_s, 1},
            TenantRow{u"acme"_s, {}, {}, 1},
            SubnetRow{u"acme"_s, lan, u"lan"_s, SubnetRole::ConnectorLan, {}, {}, {}, {}, 1},
            AddressRow{u"acme"_s, address("10.1.0.9"), AddressState::Used, u"a"_s, {}, {}, {}, {}, {}, 1},
            ControllerRow{
                controller, u"http://127.0.0.1:9993"_s, u"/run/token"_s, ControllerFlavour::SelfHosted, node, {}, 1},
            NetworkRow{network,
                       networkId,
                       controller,
                       u"acme"_s,
                       lan,
                       ChildRoutes::Direct,
                       ParentRoute::Attached,
                       {},
                       u"lab"_s,
                       u"Lab"_s,
                       false,
                       32,
                       2800,
                       {},
                       {},
                       {},
                       {},
                       1},
            OwnedRouteRow{network, lan, {}, {}, 1},
            OwnedPoolRow{network, address("10.1.0.10"), address("10.1.0.20"), {}, 1},
            GroupRow{u"tills"_s, {}, {}, 1},
            DeviceRow{u"till-1"_s, u"tills"_s, node, {}, {}, {}, 1},
            MemberRow{network, node, MemberStanding::Authorized, address("10.1.0.9"), u"till-1"_s, {}, 1},
            VariableRow{VariableScope::Group, u"tills"_s, u"dns"_s, u"10.0.0.53"_s, 1},
            TemplateRow{u"base"_s, u"{{ dns }}"_s, {}, {}, 1},
            DivisionRuleRow{u"OW"_s, u"acme"_s, lan, 28, 2, 2, {}, {}, 1},
            DivisionShareRow{u"OW"_s, u"till-1"_s, 1, 0, prefix("10.1.0.16/28"), 1}};
}

} // namespace

class TestSqlText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyStatementIsUnderstoodByItsDatabase_data() { addDialectRows(); }
    void everyStatementIsUnderstoodByItsDatabase()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        (void)place.open();
        const auto connection = rawConnection(place.url());
        if (dialect == Dialect::Sqlite) { // some are about tables that only an import has
            for (const QString &sql : sqlScript(u"sqlite/import_stage.sql"_s))
                VERIFY_OK(raw(*connection, sql));
        }
        int prepared = 0;
        for (const QString &folder : {u"common"_s, dialect == Dialect::Sqlite ? u"sqlite"_s : u"postgres"_s}) {
            for (const QString &name : statementsIn(folder)) {
                const auto statement = connection->statement(name);
                QVERIFY2(statement.has_value(),
                         qPrintable(name + u": "_s + (statement ? QString() : statement.error().detail)));
                ++prepared;
            }
        }
        QVERIFY2(prepared > 80, qPrintable(QString::number(prepared)));
    }

    void everyTableIsReadWrittenChangedAndRemovedByItsFields_data() { addDialectRows(); }
    void everyTableIsReadWrittenChangedAndRemovedByItsFields()
    {
        QFETCH(Dialect, dialect);
        const StorePlace place(dialect);
        (void)place.open();
        const auto connection = rawConnection(place.url());
        const auto columns = columnsOfAll(std::make_index_sequence<kTableCount>());
        const std::vector<Row> rows = oneOfEach();
        QCOMPARE(rows.size(), kTableCount);
        for (std::size_t table = 0; table < kTableCount; ++table) {
            const QString name = QString::fromUtf16(kTableNames.at(table));
            // The columns of the selection are the fields of the struct, in order.
            const QString select = sqlText(dialect, name + u"_select"_s).sql;
            static const QRegularExpression kColumns(u"^SELECT\\s+(.*?)\\s+FROM"_s,
                                                     QRegularExpression::DotMatchesEverythingOption);
            QStringList selected;
            for (const QString &column : kColumns.match(select).captured(1).split(u','))
                selected.append(column.trimmed().remove(u'"'));
            QCOMPARE(selected, columns.at(table));
            // Each placeholder of what writes is a field or the key of one (asserted inside), and none but a null is
            // null.
            for (const QString &ending : {u"_insert"_s, u"_update"_s, u"_delete"_s}) {
                for (const QString &placeholder : sqlText(dialect, name + ending).placeholders) {
                    const QStringList &own = columns.at(table);
                    const bool isKnown = own.contains(placeholder) ||
                                         ((placeholder.endsWith(u"_key"_s) || placeholder.endsWith(u"_last"_s)) &&
                                          own.contains(placeholder.left(placeholder.lastIndexOf(u'_'))));
                    QVERIFY2(isKnown, qPrintable(name + ending + u" :"_s + placeholder));
                    QVERIFY2(!boundValue(rows.at(table), placeholder).isNull(),
                             qPrintable(name + ending + u" :"_s + placeholder));
                }
            }
        }
        // And a row goes in and comes out whole.
        VERIFY_OK(raw(*connection, u"BEGIN"_s));
        for (const Row &row : rows)
            VERIFY_OK(writeChange(*connection, {std::nullopt, row}));
        std::vector<Row> read;
        VERIFY_OK(readAllRows(*connection, [&](Row row) { read.push_back(std::move(row)); }));
        QCOMPARE(difference(rows, read), QStringList());
        QVERIFY(read == rows);
        for (const Row &row : rows)
            VERIFY_OK(writeChange(*connection, {row, row}));
        for (auto row = rows.rbegin(); row != rows.rend(); ++row)
            VERIFY_OK(writeChange(*connection, {*row, std::nullopt}));
        QVERIFY(!writeChange(*connection, {rows[2], std::nullopt})); // it is gone
        connection->rollback();
    }

    void placeholdersAreFoundAndNothingElse()
    {
        const SqlText one = sqlText(Dialect::Sqlite, u"journal_list"_s);
        QCOMPARE(one.placeholders, (QStringList{u"before"_s, u"any_actor"_s, u"actor"_s, u"any_table"_s,
                                                u"table_name"_s, u"table_name"_s, u"limit"_s}));
        QCOMPARE(one.sql.count(u'?'), one.placeholders.size());
        QVERIFY(!one.sql.contains(u':'));
    }

    void aScriptIsCutWhereItSaysAndHasNoComments()
    {
        const QStringList parts = sqlScript(u"postgres/backup_schema.sql"_s);
        QCOMPARE(parts.size(), 2);
        for (const QString &part : parts)
            QVERIFY(!part.contains(u"--"_s));
        QVERIFY(sqlScript(u"no/such.sql"_s).isEmpty());
        QVERIFY(sqlFile(u"no/such.sql"_s).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSqlText)
#include "tst_sqltext.moc"
