// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/importsource.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "model/rules/exportfile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// A dry run of more rows than this is counted, not listed.
constexpr std::size_t kMostListed = 10'000;
constexpr std::size_t kPage = 100'000;

struct FileArgs
{
    std::optional<QString> file;
    std::optional<ImportFormat> format;
    std::optional<Prefix> within;
    std::optional<QString> tenant;
    bool createsTenants = false;
    bool refusesExisting = false;
    bool onlyAddresses = false;
    EditOptions edit;
};

void declareImport(Arguments args, FileArgs &a)
{
    args.required("FILE", a.file, "The file, or - for standard input");
    args.optional("--format", a.format, "auto (default), openwisp, netbox, csv or json", "FORMAT");
    args.flag("--create-tenants", a.createsTenants, "Make the tenants that are not there (otherwise they are errors)");
    args.flag("--refuse-existing", a.refusesExisting,
              "Refuse rows that are stored already (otherwise they stay as they are)");
    args.dryRun(a.edit);
}

void declareExport(Arguments args, FileArgs &a)
{
    args.optional("PREFIX", a.within, "Only what lies in this prefix");
    args.required("--format", a.format, "openwisp, netbox, csv or json", "FORMAT");
    args.optional("--tenant", a.tenant, "Only this tenant's; --tenant= is the shared tree", "TENANT");
    args.flag("--addresses", a.onlyAddresses, "For netbox: the addresses in place of the prefixes");
}

/// A place in the file as errors are listed.
struct Finding
{
    qint64 line = 0;
    QString column;
    QString text;
    QString kind;
    QString reason;
};

std::vector<Finding> findingsOf(const ImportFile &file)
{
    std::vector<Finding> findings;
    for (const ImportProblem &problem : file.problems)
        findings.push_back({problem.line, problem.column, problem.text, nameOf(ErrorKind::Invalid), problem.reason});
    return findings;
}

/// What the store has against rows, with the lines that they stand on.
void addRefusals(std::vector<Finding> &findings, const ImportFile &file, const ImportSubnets &command,
                 const Error &error)
{
    for (const QJsonValue item : error.payload.value("errors"_L1).toArray()) {
        const QJsonObject refusal = item.toObject();
        const bool isSubnet = refusal.value("table"_L1).toString() == u"subnet";
        const auto row = static_cast<std::size_t>(refusal.value("row"_L1).toInteger());
        const std::vector<qint64> &lines = isSubnet ? file.subnetLines : file.addressLines;
        if (row >= lines.size())
            continue;
        const QString text =
            isSubnet ? command.subnets.at(row).prefix.toString() : command.addresses.at(row).address.toString();
        findings.push_back({lines[row], isSubnet ? u"prefix"_s : u"address"_s, text,
                            refusal.value("kind"_L1).toString(), refusal.value("message"_L1).toString()});
    }
}

tl::unexpected<Error> refused(const QString &path, ImportFormat format, std::vector<Finding> findings, qint64 count)
{
    std::ranges::stable_sort(findings, {}, &Finding::line);
    QJsonArray list;
    for (const Finding &finding : findings)
        list.append(QJsonObject{
            {u"file"_s, path},
            {u"line"_s, finding.line},
            {u"column"_s, finding.column},
            {u"text"_s, finding.text},
            {u"kind"_s, finding.kind},
            {u"reason"_s, finding.column.isEmpty() ? finding.reason : finding.column + u": "_s + finding.reason}});
    return fail(ErrorKind::Invalid, u"%1 rows cannot be imported"_s.arg(count),
                {{u"format"_s, enumText(format)}, {u"problems"_s, list}});
}

Answer imported(const FileArgs &a, const ImportFile &file, const Receipt &receipt, std::size_t subnets,
                std::size_t addresses)
{
    const auto newOf = [&](const auto *row) {
        using R = std::remove_cvref_t<decltype(*row)>;
        return std::ranges::count_if(receipt.changes, [](const RowChange &change) {
            return !change.before && std::holds_alternative<R>(change.any());
        });
    };
    const SubnetRow *const subnet = nullptr;
    const AddressRow *const address = nullptr;
    const auto newSubnets = newOf(subnet);
    const auto newAddresses = newOf(address);
    const QJsonObject body{{u"format"_s, enumText(file.format)},
                           {u"read"_s, QJsonObject{{u"subnets"_s, static_cast<qint64>(subnets)},
                                                   {u"addresses"_s, static_cast<qint64>(addresses)}}},
                           {u"added"_s, QJsonObject{{u"subnets"_s, static_cast<qint64>(newSubnets)},
                                                    {u"addresses"_s, static_cast<qint64>(newAddresses)}}}};
    Receipt shown{receipt.journal, {}, {}};
    if (receipt.changes.size() <= kMostListed)
        shown.changes = receipt.changes;
    const QString done = u"Read as %1: %2 subnets and %3 addresses, of which %4 and %5 are new."_s.arg(
        enumText(file.format), QString::number(subnets), QString::number(addresses), QString::number(newSubnets),
        QString::number(newAddresses));
    Answer answer = editAnswer(a.edit, shown, body, done);
    if (a.edit.isDryRun && shown.changes.size() != receipt.changes.size())
        answer.text =
            u"Dry run: nothing was changed. %1 rows would be; they are too many to list."_s.arg(receipt.changes.size());
    if (a.edit.isDryRun)
        answer.text += u'\n' + done;
    return answer;
}

Expected<Answer> import(Session &session, const FileArgs &a)
{
    auto file = readImport(*a.file, a.format.value_or(ImportFormat::Auto));
    if (!file)
        return fail(file.error());
    Output::note(u"%1: format %2"_s.arg(*a.file, enumText(file->format)));
    ImportSubnets command;
    command.subnets = std::exchange(file->subnets, {});
    command.addresses = std::exchange(file->addresses, {});
    command.keepExisting = !a.refusesExisting;
    command.createTenants = a.createsTenants;
    const std::size_t subnets = command.subnets.size();
    const std::size_t addresses = command.addresses.size();
    std::vector<Finding> findings = findingsOf(*file);
    // With bad rows the good ones are only tried, so that one run lists everything.
    EditOptions options = a.edit;
    options.isDryRun = options.isDryRun || !findings.empty();
    if (subnets + addresses >= kMostListed)
        Output::note(u"storing %1 rows"_s.arg(subnets + addresses));
    const auto receipt = session.edit(command, options);
    auto count = static_cast<qint64>(findings.size());
    if (!receipt) {
        if (!receipt.error().payload.contains("errors"_L1))
            return fail(receipt.error());
        addRefusals(findings, *file, command, receipt.error());
        count += receipt.error().payload.value("count"_L1).toInteger();
    }
    if (count > 0)
        return refused(*a.file, file->format, std::move(findings), count);
    return imported(a, *file, *receipt, subnets, addresses);
}

/// Subnets and addresses of the filter, page by page.
Expected<ExportRows> collect(Session &session, const FileArgs &a)
{
    ExportRows rows;
    std::optional<SubnetKey> after;
    do {
        const auto page = session.look([&](Topology &topology) {
            return listSubnets(topology, {a.tenant, a.within, {}, {}}, after, kPage);
        });
        if (!page)
            return fail(page.error());
        rows.subnets.insert(rows.subnets.end(), page->rows.begin(), page->rows.end());
        after = page->next;
    } while (after);
    const auto addresses = session.look([&](Topology &topology) {
        std::vector<AddressRow> found;
        topology.forEachRow<AddressRow>([&](const AddressRow &row) {
            if ((!a.tenant || row.tenant == *a.tenant) && (!a.within || a.within->contains(row.address)))
                found.push_back(row);
        });
        return found;
    });
    if (!addresses)
        return fail(addresses.error());
    rows.addresses = *addresses;
    return rows;
}

/// The one subnet that OpenWISP's form can hold, and what is left out of it.
Expected<QByteArray> openWispFile(Session &session, const FileArgs &a, const ExportRows &rows, QStringList &notes)
{
    if (!a.within)
        return fail(ErrorKind::Unsupported, u"OpenWISP's form holds one subnet: say which"_s);
    const auto subnet = session.tryLook([&a](Topology &topology) { return subnetIn(topology, a.tenant, *a.within); });
    if (!subnet)
        return fail(subnet.error());
    std::vector<AddressRow> own;
    std::ranges::copy_if(rows.addresses, std::back_inserter(own),
                         [&](const AddressRow &row) { return row.tenant == subnet->tenant; });
    if (rows.subnets.size() > 1)
        notes += u"left out: %1 subnets inside of it, which OpenWISP's form cannot say"_s.arg(rows.subnets.size() - 1);
    QByteArray bytes;
    exportOpenWisp(*subnet, own, [&](const QByteArray &piece) {
        bytes += piece;
        return true;
    });
    return bytes;
}

Expected<Answer> exportRows(Session &session, const FileArgs &a)
{
    if (*a.format == ImportFormat::Auto)
        return fail(ErrorKind::Invalid, u"'auto' is no format to write"_s, {{u"argument"_s, u"--format"_s}});
    const auto rows = collect(session, a);
    if (!rows)
        return fail(rows.error());
    Answer answer;
    if (*a.format == ImportFormat::OpenWisp) {
        auto bytes = openWispFile(session, a, *rows, answer.notes);
        if (!bytes)
            return fail(bytes.error());
        answer.bytes = *std::move(bytes);
    } else {
        auto *const write = *a.format == ImportFormat::Csv    ? exportCsv
                            : *a.format == ImportFormat::Json ? exportJson
                            : a.onlyAddresses                 ? exportNetBoxAddresses
                                                              : exportNetBoxPrefixes;
        write(*rows, [&](const QByteArray &piece) {
            answer.bytes += piece;
            return true;
        });
    }
    answer.document = {{u"format"_s, enumText(*a.format)}, {u"text"_s, QString::fromUtf8(answer.bytes)}};
    return answer;
}

} // namespace

void addSubnetFiles(CommandTree &tree, CLI::App &group)
{
    tree.addVerb<FileArgs>(group, "import", "Take over a file of subnets and addresses: all of it or nothing",
                           declareImport, import);
    tree.addVerb<FileArgs>(group, "export", "Write subnets and addresses as a file", declareExport, exportRows);
}

} // namespace interlock
