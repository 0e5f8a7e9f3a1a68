// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/importsource.h"
#include "app/interlockctl/interrupt.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/subnetlookup.h"
#include "model/rules/exportfile.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Who imports fewer rows than this is not told how far it is.
constexpr std::size_t kManyRows = 10'000;
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
    std::optional<qint64> mostErrors;
    EditOptions edit;
};

void declareImport(Arguments args, FileArgs &a)
{
    args.required("FILE", a.file, "The file, or - for standard input");
    args.optional("--format", a.format, "auto (default), openwisp, netbox, csv or json", "FORMAT");
    args.flag("--create-tenants", a.createsTenants, "Make the tenants that are not there (otherwise they are errors)");
    args.flag("--refuse-existing", a.refusesExisting,
              "Refuse rows that are stored already (otherwise they stay as they are)");
    args.optional("--errors", a.mostErrors, "List so many errors at most; all are counted (default: list all)", "N");
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
        findings.push_back({problem.line, problem.column, problem.text, nameOf(problem.kind), problem.reason});
    return findings;
}

/// What the store has against rows, with the lines that they stand on.
void addRefusals(std::vector<Finding> &findings, const ImportFile &file, const ImportRequest &request,
                 const std::vector<ImportRefusal> &refusals)
{
    for (const ImportRefusal &refusal : refusals) {
        const std::size_t row = refusal.place.row;
        if (refusal.place.isSubnet) {
            findings.push_back({file.subnetLines.at(row), u"prefix"_s, request.rows->subnets.at(row).prefix.toString(),
                                nameOf(refusal.kind), refusal.reason});
        } else {
            findings.push_back({file.addressLines.at(row), u"address"_s,
                                request.rows->addresses.at(row).address.toString(), nameOf(refusal.kind),
                                refusal.reason});
        }
    }
}

tl::unexpected<Error> refused(const FileArgs &a, ImportFormat format, std::vector<Finding> findings)
{
    std::ranges::stable_sort(findings, {}, &Finding::line);
    const auto count = static_cast<qint64>(findings.size());
    if (a.mostErrors && *a.mostErrors < count)
        findings.resize(static_cast<std::size_t>(*a.mostErrors));
    QJsonArray list;
    for (const Finding &finding : findings)
        list.append(QJsonObject{
            {u"file"_s, *a.file},
            {u"line"_s, finding.line},
            {u"column"_s, finding.column},
            {u"text"_s, finding.text},
            {u"kind"_s, finding.kind},
            {u"reason"_s, finding.column.isEmpty() ? finding.reason : finding.column + u": "_s + finding.reason}});
    return fail(ErrorKind::Invalid, u"%1 rows cannot be imported"_s.arg(count),
                {{u"format"_s, enumText(format)}, {u"count"_s, count}, {u"problems"_s, list}});
}

Answer imported(const FileArgs &a, const ImportFile &file, const ImportRequest &request, const ImportResult &result)
{
    const auto subnets = static_cast<qint64>(request.rows->subnets.size());
    const auto addresses = static_cast<qint64>(request.rows->addresses.size());
    const auto newSubnets = static_cast<qint64>(result.newSubnets);
    const auto newAddresses = static_cast<qint64>(result.newAddresses);
    const QJsonObject body{{u"format"_s, enumText(file.format)},
                           {u"read"_s, QJsonObject{{u"subnets"_s, subnets}, {u"addresses"_s, addresses}}},
                           {u"added"_s, QJsonObject{{u"subnets"_s, newSubnets}, {u"addresses"_s, newAddresses}}}};
    const QString done = u"Read as %1: %2 subnets and %3 addresses, of which %4 and %5 are new."_s.arg(
        enumText(file.format), QString::number(subnets), QString::number(addresses), QString::number(newSubnets),
        QString::number(newAddresses));
    Answer answer = editAnswer(a.edit, Receipt{result.journal, result.changes, {}}, body, done);
    if (a.edit.isDryRun && result.changes.size() != result.changed)
        answer.text =
            u"Dry run: nothing was changed. %1 rows would be; they are too many to list."_s.arg(result.changed);
    if (a.edit.isDryRun)
        answer.text += u'\n' + done;
    return answer;
}

/// Says how far an import is, ten times of a long one, and whether it goes on.
class Progress
{
public:
    bool operator()(const ImportProgress &progress)
    {
        if (Interrupt::wasAsked())
            return false;
        if (progress.stage == ImportProgress::Stage::Waiting && !std::exchange(m_isWaiting, true))
            Output::note(u"waiting for another import to end"_s);
        if (progress.total < kManyRows)
            return true;
        if (progress.stage == ImportProgress::Stage::Checking && progress.done * 10 / progress.total > m_tenths) {
            m_tenths = progress.done * 10 / progress.total;
            Output::note(u"checked %1 of %2 rows"_s.arg(progress.done).arg(progress.total));
        }
        if (progress.stage == ImportProgress::Stage::Storing && !std::exchange(m_isStoring, true))
            Output::note(u"storing %1 rows"_s.arg(progress.total));
        return true;
    }

private:
    std::size_t m_tenths = 0;
    bool m_isWaiting = false;
    bool m_isStoring = false;
};

Expected<Answer> import(Session &session, const FileArgs &a)
{
    if (a.mostErrors && *a.mostErrors < 0)
        return fail(ErrorKind::Invalid, u"--errors: a number from 0 on"_s, {{u"argument"_s, u"--errors"_s}});
    // From the beginning to the end: what is asked between reading and storing counts too.
    const Interrupt interrupt;
    auto file = readImport(*a.file, a.format.value_or(ImportFormat::Auto));
    if (!file)
        return fail(file.error());
    Output::note(u"%1: format %2"_s.arg(*a.file, enumText(file->format)));
    const auto opened = session.store();
    if (!opened)
        return fail(opened.error());
    ImportSubnets rows{std::exchange(file->subnets, {}), std::exchange(file->addresses, {}), !a.refusesExisting,
                       a.createsTenants};
    const ImportRequest request{std::make_shared<const ImportSubnets>(std::move(rows)), session.actor(),
                                // With bad rows the good ones are only tried, so that one run lists everything.
                                a.edit.isDryRun || !file->problems.empty(), kManyRows, Progress()};
    const auto result = Session::wait((*opened)->imports().importRows(request));
    if (!result)
        return fail(result.error());
    std::vector<Finding> findings = findingsOf(*file);
    addRefusals(findings, *file, request, result->refusals);
    if (!findings.empty())
        return refused(a, file->format, std::move(findings));
    return imported(a, *file, request, *result);
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
