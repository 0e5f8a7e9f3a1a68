// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/exportfile.h"
#include "model/rules/exportplaces.h"
#include "model/rules/importfile.h"
#include "model/rules/subnettext.h"
#include "tests/support/generators.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

#include <algorithm>

using namespace interlock;
using namespace Qt::StringLiterals;

namespace {

QByteArray fixture(const QString &name)
{
    QFile file(QStringLiteral(INTERLOCK_FIXTURES "/import/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("a fixture is missing");
    return file.readAll();
}

ImportFile read(const QByteArray &bytes, ImportFormat format = ImportFormat::Auto, qsizetype pieceSize = 1000)
{
    ImportReader reader(format);
    for (qsizetype at = 0; at < bytes.size(); at += pieceSize) {
        if (!reader.feed(QByteArrayView(bytes).sliced(at, std::min(pieceSize, bytes.size() - at))))
            break;
    }
    return reader.finish();
}

/// "LINE: PREFIX|TENANT|NAME|ROLE|DESCRIPTION|TAGS|CUSTOM", and the same of addresses with the state for the role.
QStringList told(const ImportFile &file)
{
    QStringList lines;
    for (std::size_t i = 0; i < file.subnets.size(); ++i) {
        const SubnetRow &row = file.subnets[i];
        lines += u"%1: "_s.arg(file.subnetLines[i]) +
                 QStringList{row.prefix.toString(), row.tenant, row.name,  enumText(row.role),
                             row.description,       row.tags,   row.custom}
                     .join(u'|');
    }
    for (std::size_t i = 0; i < file.addresses.size(); ++i) {
        const AddressRow &row = file.addresses[i];
        lines += u"%1: "_s.arg(file.addressLines[i]) +
                 QStringList{row.address.toString(), row.tenant, row.holder, enumText(row.state),
                             row.description,        row.tags,   row.custom}
                     .join(u'|');
    }
    return lines;
}

/// "LINE COLUMN 'TEXT': REASON"
QStringList told(const std::vector<ImportProblem> &problems)
{
    QStringList lines;
    for (const ImportProblem &problem : problems)
        lines += u"%1 %2 '%3': %4"_s.arg(QString::number(problem.line), problem.column, problem.text, problem.reason);
    return lines;
}

QByteArray written(bool (*write)(const ExportRows &, const TakeBytes &), const ExportRows &rows)
{
    QByteArray bytes;
    const bool isWhole = write(rows, [&](const QByteArray &piece) {
        bytes += piece;
        return true;
    });
    return isWhole ? bytes : QByteArray();
}

/// A text as the rows may hold one, with everything in it that has a meaning in a file.
QString anyText()
{
    const auto characters = *rc::gen::container<std::vector<char32_t>>(
        rc::gen::element(U'a', U',', U'"', U' ', U'\'', U'=', U'+', U'-', U'@', U'\\', U'{', U'é', U'\U0001F5A7'));
    return QString::fromUcs4(characters.data(), static_cast<qsizetype>(std::min(characters.size(), std::size_t{60})))
        .trimmed();
}

/// Merged subnets have descriptions of several lines.
QString anyDescription()
{
    return (anyText() + *rc::gen::element(u"\n"_s, u"\r\n"_s, QString()) + anyText()).trimmed();
}

QString anyTags()
{
    QString tags;
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
        tags += u';' + anyText();
    return canonicalTags(tags).value();
}

QString anyCustom()
{
    QJsonObject custom;
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
        const QString value = anyText();
        if (!value.isEmpty())
            custom.insert(*rc::gen::element(u"site"_s, u"vrf"_s, u"k-1"_s, u"status"_s), value);
    }
    return canonicalCustom(QString::fromUtf8(QJsonDocument(custom).toJson())).value();
}

ExportRows anyRows()
{
    ExportRows rows;
    const auto tenant = [] { return *rc::gen::element(QString(), u"acme"_s, u"b-2"_s); };
    std::set<std::pair<Prefix, QString>> prefixes;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
        prefixes.emplace(*rc::gen::arbitrary<Prefix>(), tenant());
    for (const auto &[prefix, owner] : prefixes) {
        rows.subnets.push_back({owner,
                                prefix,
                                anyText(),
                                *rc::gen::element(SubnetRole::None, SubnetRole::Reserved),
                                anyDescription(),
                                anyTags(),
                                anyCustom(),
                                {},
                                0});
    }
    std::set<std::pair<Address, QString>> addresses;
    for (int i = *rc::gen::inRange(0, 6); i > 0; --i)
        addresses.emplace(*rc::gen::arbitrary<Address>(), tenant());
    for (const auto &[address, owner] : addresses) {
        const auto state = *rc::gen::element(AddressState::Used, AddressState::Reserved, AddressState::Quarantined);
        const auto until =
            Timestamp::fromMilliseconds(state == AddressState::Quarantined ? *rc::gen::inRange(1, 2'000'000'000) : 0);
        rows.addresses.push_back(
            {owner, address, state, anyText(), anyDescription(), anyTags(), anyCustom(), until, {}, 0});
    }
    return rows;
}

} // namespace

class TestImportFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTheFilesOfEachProgram_data();
    void readsTheFilesOfEachProgram();
    void everyBadRowIsTold_data();
    void everyBadRowIsTold();
    void hostBitsAreRefusedWithTheNetworkThatWasMeant();
    void thePiecesOfAFileMakeNoDifference();
    void whatWasExportedIsImportedAsItWas_data();
    void whatWasExportedIsImportedAsItWas();
    void openWispGetsExactlyItsOwnLines();
    void netBoxGetsItsFormsColumns();
    void aParentIsTheInnermostOfTheTenantOrShared();
    void aStoppedExportStops();
};

void TestImportFile::readsTheFilesOfEachProgram_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<ImportFormat>("format");
    QTest::addColumn<QStringList>("rows");

    QTest::newRow("X1: OpenWISP's export")
        << u"openwisp.csv"_s << ImportFormat::OpenWisp
        << QStringList{u"2: 10.0.0.0/24|test-org|Sample Subnet|none|||"_s, u"6: 10.0.0.1|test-org||used|Testing||"_s,
                       u"7: 10.0.0.2|test-org||used|Testing||"_s, u"8: 10.0.0.3|test-org||used|||"_s,
                       u"9: 10.0.0.4|test-org||used|||"_s};
    QTest::newRow("X2: indented, commas at the end, shared")
        << u"openwisp-indented.csv"_s << ImportFormat::OpenWisp
        << QStringList{u"2: 10.27.1.0/24||Monachers - Matera|none|||"_s, u"6: 10.27.1.1|||used|Monachers||"_s,
                       u"7: 10.27.1.254|||used|Nano Beam 5 19AC||"_s, u"8: 10.27.1.253|||used|NanoStation M5||"_s,
                       u"9: 10.27.1.252|||used|NanoStation M5 XW||"_s};
    QTest::newRow("NetBox's table of prefixes")
        << u"netbox-prefixes-export.csv"_s << ImportFormat::NetBox
        << QStringList{
               u"2: 10.0.0.0/8|||container|all of it||"_s,
               u"3: 10.1.0.0/16|dunder-mifflin-inc||none|Akron, data|alpha;campus|"
               "{\"is_pool\":\"True\",\"role\":\"Access - Data\",\"site\":\"DM-Akron\",\"vlan\":\"Data (100)\"}"_s,
               u"4: 10.1.3.0/24|dunder-mifflin-inc||none|||{\"status\":\"deprecated\"}"_s,
               u"5: 10.200.0.0/16|||reserved|later||"_s};
    QTest::newRow("NetBox's form for prefixes")
        << u"netbox-prefixes-form.csv"_s << ImportFormat::NetBox
        << QStringList{u"2: 10.5.0.0/16|dunder-mifflin-inc||none|Five|a;b|"
                       "{\"role\":\"access-data\",\"site\":\"akron\",\"ticket\":\"T-100\"}"_s,
                       u"3: 2001:db8::/48|||container|Six||"_s};
    QTest::newRow("NetBox's table of addresses")
        << u"netbox-addresses-export.csv"_s << ImportFormat::NetBox
        << QStringList{u"2: 10.1.3.1|dunder-mifflin-inc|gw.example.org|used|the gateway||"
                       "{\"device_vm\":\"gw-1\",\"interface\":\"eth0\",\"role\":\"VIP\"}"_s,
                       u"3: 10.1.3.9|dunder-mifflin-inc||reserved|kept back||"_s,
                       u"4: 2001:db8::1|||used||v6|{\"status\":\"dhcp\"}"_s};
    QTest::newRow("our own") << u"own.csv"_s << ImportFormat::Csv
                             << QStringList{u"2: 10.0.0.0/8||All|container|everything||"_s,
                                            u"3: 10.1.0.0/16|acme|Berlin|zerotier-child|streets, and more|hq;vpn|"
                                            "{\"owner\":\"net-team\",\"site\":\"BER\"}"_s,
                                            u"4: 10.1.1.0/24|acme|Desks|none|=cmd()||"_s,
                                            u"7: fd00:1::/48|acme|Six|none|||"_s,
                                            u"5: 10.1.1.10|acme|printer|used|2nd floor|office|{\"site\":\"BER\"}"_s,
                                            u"6: 10.1.1.11|acme||reserved|||"_s};
    QTest::newRow("our own as JSON") << u"own.json"_s << ImportFormat::Json
                                     << QStringList{u"2: 10.0.0.0/8||All|container|||"_s,
                                                    u"3: 10.1.0.0/16|acme|Berlin {1}|none||hq;vpn|{\"site\":\"BER\"}"_s,
                                                    u"7: 10.1.0.9|acme|printer|reserved|||"_s};
}

void TestImportFile::readsTheFilesOfEachProgram()
{
    QFETCH(QString, file);
    QFETCH(ImportFormat, format);
    QFETCH(QStringList, rows);
    for (const ImportFormat asked : {ImportFormat::Auto, format}) {
        const ImportFile result = read(fixture(file), asked);
        QCOMPARE(told(result.problems), QStringList());
        QCOMPARE(enumText(result.format), enumText(format));
        QCOMPARE(told(result), rows);
    }
}

void TestImportFile::everyBadRowIsTold_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QStringList>("problems");

    const QByteArray head = "Net\n10.0.0.0/24\n\n\nip_address,description\n";
    const QString noAddress = Address::parse(u"x"_s).error().detail;
    QTest::newRow("nothing") << QByteArray() << QStringList{u"1  '': the file is empty"_s};
    QTest::newRow("blanks") << QByteArray("\n\n") << QStringList{u"1  '': the file is empty"_s};
    QTest::newRow("X4: a prefix that is none")
        << QByteArray("Net\n12324324\n\n\nip_address,description\n10.0.0.1,\n")
        << QStringList{u"2 prefix '12324324': "_s + Prefix::parse(u"12324324"_s).error().detail};
    QTest::newRow("X4: no prefix") << QByteArray("Net\n\n\n\nip_address,description\n")
                                   << QStringList{u"2 prefix '': it is empty"_s};
    QTest::newRow("X4: an address that is none, one outside, a short row, and one twice")
        << head + "10123142131,\n10.0.1.1,out\n10.0.0.7\n10.0.0.8,\n10.0.0.8,again\n"
        << QStringList{u"6 address '10123142131': "_s + Address::parse(u"10123142131"_s).error().detail,
                       u"7 address '10.0.1.1': it does not belong to the subnet 10.0.0.0/24"_s,
                       u"8  '': it has 1 of 2 fields"_s, u"10 address '10.0.0.8': line 9 has it too"_s};
    QTest::newRow("X6: a tenant with a blank")
        << QByteArray("Net\n10.0.0.0/24\nte st\n\nip_address,description\n")
        << QStringList{u"3 tenant 'te st': "_s + checkTenant(u"te st"_s).error().detail};
    QTest::newRow("unknown columns") << QByteArray("prefix,color,custom.,size\n10.0.0.0/8,red,,9\n")
                                     << QStringList{u"1 color '': there is no such column"_s,
                                                    u"1 custom. '': there is no such column"_s,
                                                    u"1 size '': there is no such column"_s};
    QTest::newRow("a column twice") << QByteArray("prefix,name,name\n10.0.0.0/8,a,b\n")
                                    << QStringList{u"1 name '': the column is there twice"_s};
    QTest::newRow("no column that says where")
        << QByteArray("name,tenant\na,b\n")
        << QStringList{u"1  '': there is neither a column 'prefix' nor a column 'address'"_s};
    QTest::newRow("semicolons") << QByteArray("prefix;name\n10.0.0.0/8;a\n")
                                << QStringList{
                                       u"1  '': the columns are separated by semicolons; commas are expected"_s};
    QTest::newRow("every reason of every row")
        << QByteArray("prefix,address,role,tenant,parent,custom.a b\n"
                      "10.0.0.1/8,,king,A B,,\n"
                      ",10.0.0.1,none,,,\n"
                      "10.0.0.0/8,10.0.0.1,,,,\n"
                      ",,,,,\n"
                      "10.0.0.0/8,,,,192.168.0.0/16,\n"
                      "10.1.0.0/16,,,,,x\n"
                      "10.2.0.0/16,,,,,,extra\n"
                      "10.3.0.0/16,,\xff,,,\n")
        << QStringList{u"2 prefix '10.0.0.1/8': "_s + Prefix::parse(u"10.0.0.1/8"_s).error().detail,
                       u"2 role 'king': "_s + parseEnum<SubnetRole>(u"king"_s).error().detail,
                       u"2 tenant 'A B': "_s + checkTenant(u"A B"_s).error().detail,
                       u"3 role 'none': an address has no role"_s,
                       u"4 address '10.0.0.1': a row is a prefix or an address, not both"_s,
                       u"5  '': it has neither a prefix nor an address"_s,
                       u"6 parent '192.168.0.0/16': 10.0.0.0/8 does not lie in it"_s,
                       u"7 custom '': "_s + canonicalCustom(u"{\"a b\":\"x\"}"_s).error().detail,
                       u"8  'extra': this field has no column"_s,
                       u"9 role '': the text is not UTF-8"_s};
    QTest::newRow("what is no CSV ends the reading, and what was read is told")
        << QByteArray("prefix\nx\n\"a\"b\"\n10.0.0.0/8\n")
        << QStringList{u"2 prefix 'x': "_s + Prefix::parse(u"x"_s).error().detail,
                       u"3  '': a quote stands inside an unquoted field, or text follows a closing quote"_s};
    QTest::newRow("NetBox's unknown column, and both kinds at once")
        << QByteArray("prefix,status,Rack Unit\n10.0.0.0/8,active,1\n")
        << QStringList{u"1 Rack Unit '': NetBox has no such column; a custom field is called cf_<name>"_s};
    QTest::newRow("JSON that is none") << QByteArray(
                                              "{\"subnets\": [\n{\"prefix\": 10},\n{\"x\": \"\"},\n{\"prefix\": }]}")
                                       << QStringList{u"2 prefix '': a string is expected"_s,
                                                      u"3 x '': there is no such key"_s,
                                                      u"4  '': it is not JSON: object is missing after a comma"_s};
    QTest::newRow("JSON that is cut off") << QByteArray("{\"subnets\": [\n{\"prefix\": \"10.0.0.0/8\"}")
                                          << QStringList{u"2  '': the document is not whole: unterminated array"_s};
    QTest::newRow("JSON of something else")
        << QByteArray("{\"routes\": [1]}")
        << QStringList{u"1 routes '': there is no such key"_s,
                       u"1  '': a list holds something that is no row, or a key is there twice"_s,
                       u"1  '': there is neither a key 'subnets' nor a key 'addresses'"_s};
    QTest::newRow("JSON as a bare list") << QByteArray("[]")
                                         << QStringList{
                                                u"1  '': there is neither a key 'subnets' nor a key 'addresses'"_s};
}

void TestImportFile::everyBadRowIsTold()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QStringList, problems);
    QCOMPARE(told(read(bytes).problems), problems);
}

void TestImportFile::hostBitsAreRefusedWithTheNetworkThatWasMeant()
{
    const auto problems = read("prefix,parent\n10.0.0.1/24,\n10.0.0.0/24,10.0.0.7/8\n10.0.0.x/24,\n").problems;
    QCOMPARE(problems.size(), std::size_t{3});
    QCOMPARE(problems[0].kind, ErrorKind::HostBits);
    QVERIFY(problems[0].reason.contains(u"10.0.0.0/24"_s));
    QCOMPARE(problems[1].kind, ErrorKind::HostBits);
    QVERIFY(problems[1].reason.contains(u"10.0.0.0/8"_s));
    QCOMPARE(problems[2].kind, ErrorKind::Invalid);
}

void TestImportFile::thePiecesOfAFileMakeNoDifference()
{
    for (const QString &name : {u"openwisp.csv"_s, u"netbox-prefixes-export.csv"_s, u"own.csv"_s, u"own.json"_s}) {
        const QByteArray bytes = fixture(name);
        const ImportFile whole = read(bytes);
        for (const qsizetype size : {qsizetype{1}, qsizetype{7}}) {
            QVERIFY(read(bytes, ImportFormat::Auto, size) == whole);
            QVERIFY(read("\xef\xbb\xbf" + bytes, ImportFormat::Auto, size) == whole);
        }
    }
}

void TestImportFile::whatWasExportedIsImportedAsItWas_data()
{
    QTest::addColumn<bool>("isJson");
    QTest::newRow("X8: CSV") << false;
    QTest::newRow("X8: JSON") << true;
}

void TestImportFile::whatWasExportedIsImportedAsItWas()
{
    QFETCH(bool, isJson);
    QVERIFY(rc::check("rows come back", [&] {
        const ExportRows rows = anyRows();
        const QByteArray bytes = written(isJson ? exportJson : exportCsv, rows);
        const ImportFile file = read(bytes, ImportFormat::Auto, *rc::gen::inRange(1, 200));
        RC_ASSERT(told(file.problems).join(u'\n').toStdString() == std::string());
        RC_ASSERT(enumText(file.format).toStdString() == (isJson ? "json" : "csv"));
        RC_ASSERT(file.subnets == rows.subnets);
        RC_ASSERT(file.addresses == rows.addresses);
    }));
}

void TestImportFile::openWispGetsExactlyItsOwnLines()
{
    const ImportFile file = read(fixture(u"openwisp.csv"_s));
    QByteArray bytes;
    QVERIFY(exportOpenWisp(file.subnets.front(), file.addresses, [&](const QByteArray &piece) {
        bytes += piece;
        return true;
    }));
    QCOMPARE(bytes, fixture(u"openwisp.csv"_s));
}

void TestImportFile::netBoxGetsItsFormsColumns()
{
    const ImportFile file = read(fixture(u"netbox-prefixes-export.csv"_s));
    QCOMPARE(QString::fromUtf8(written(exportNetBoxPrefixes, {file.subnets, {}})),
             u"prefix,tenant,status,description,tags,is_pool,role,site,vlan\r\n"
             "10.0.0.0/8,,container,all of it,,,,,\r\n"
             "10.1.0.0/16,dunder-mifflin-inc,active,\"Akron, data\",\"alpha,campus\",True,Access - Data,DM-Akron,Data "
             "(100)\r\n"
             "10.1.3.0/24,dunder-mifflin-inc,deprecated,,,,,,\r\n"
             "10.200.0.0/16,,reserved,later,,,,,\r\n"_s);
    const ImportFile again = read(written(exportNetBoxPrefixes, {file.subnets, {}}));
    QCOMPARE(again.format, ImportFormat::NetBox);
    QVERIFY(again.subnets == file.subnets);

    const ImportFile addresses = read(fixture(u"netbox-addresses-export.csv"_s));
    QCOMPARE(QString::fromUtf8(written(exportNetBoxAddresses, {file.subnets, addresses.addresses})),
             u"address,tenant,status,dns_name,description,tags,device_vm,interface,role\r\n"
             "10.1.3.1/24,dunder-mifflin-inc,active,gw.example.org,the gateway,,gw-1,eth0,VIP\r\n"
             "10.1.3.9/24,dunder-mifflin-inc,reserved,,kept back,,,,\r\n"
             "2001:db8::1/128,,dhcp,,,v6,,,\r\n"_s);
}

void TestImportFile::aParentIsTheInnermostOfTheTenantOrShared()
{
    std::vector<SubnetRow> rows;
    for (const auto &[tenant, prefix] : std::vector<std::pair<QString, QString>>{{u"b"_s, u"10.1.0.0/16"_s},
                                                                                 {u""_s, u"10.0.0.0/8"_s},
                                                                                 {u"a"_s, u"10.1.0.0/16"_s},
                                                                                 {u"a"_s, u"10.1.2.0/24"_s},
                                                                                 {u"c"_s, u"10.1.2.0/24"_s},
                                                                                 {u""_s, u"10.2.0.0/16"_s},
                                                                                 {u"a"_s, u"10.2.3.0/24"_s},
                                                                                 {u"a"_s, u"11.0.0.0/8"_s}})
        rows.push_back({tenant, Prefix::parse(prefix).value(), {}, {}, {}, {}, {}, {}, 0});
    QStringList parents;
    for (const auto &parent : parentsAmong(rows))
        parents += parent ? parent->toString() : u"none"_s;
    QCOMPARE(parents, QStringList({u"10.0.0.0/8"_s, u"none"_s, u"10.0.0.0/8"_s, u"10.1.0.0/16"_s, u"10.0.0.0/8"_s,
                                   u"10.0.0.0/8"_s, u"10.2.0.0/16"_s, u"none"_s}));
    std::vector<AddressRow> addresses(2);
    addresses[0].tenant = u"a"_s;
    addresses[0].address = Address::parse(u"10.1.2.3"_s).value();
    addresses[1].tenant = u"z"_s;
    addresses[1].address = addresses[0].address;
    const auto places = placesAmong(addresses, rows);
    QCOMPARE(places[0].value().toString(), u"10.1.2.0/24"_s);
    QCOMPARE(places[1].value().toString(), u"10.0.0.0/8"_s);
}

void TestImportFile::aStoppedExportStops()
{
    ExportRows rows;
    rows.subnets.resize(10'000);
    int pieces = 0;
    QVERIFY(!exportCsv(rows, [&](const QByteArray &) { return ++pieces < 2; }));
    QCOMPARE(pieces, 2);
}

QTEST_GUILESS_MAIN(TestImportFile)
#include "tst_importfile.moc"
