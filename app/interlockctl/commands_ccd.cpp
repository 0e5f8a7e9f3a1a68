// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/ccdfolder.h"
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rowjson.h"

#include <QDir>
#include <QSaveFile>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct CcdArgs
{
    std::optional<QString> folder;
    std::optional<InstanceName> instance;
    bool skipsUnknown = false;
    bool isForced = false;
    bool isComplete = false;
    std::vector<Confirmation> confirmed;
    EditOptions edit;
};

void declareImport(Arguments args, CcdArgs &a)
{
    args.required("DIR", a.folder, "A client-config-dir");
    args.required("--instance", a.instance, "The instance whose addresses it gives", "NAME");
    args.flag("--skip-unknown", a.skipsUnknown,
              "Import the rest when something cannot be kept; what is left out is listed");
    args.confirm(a.confirmed);
    args.dryRun(a.edit);
}

void declareExport(Arguments args, CcdArgs &a)
{
    args.required("DIR", a.folder, "Where to write; made when it is not there");
    args.required("--instance", a.instance, "The instance whose addresses are written", "NAME");
    args.flag("--complete", a.isComplete,
              "Also what an answer adds: the instance's options and routes to visible peers");
    args.flag("--force", a.isForced, "Write into a folder that is not empty; other files in it are left alone");
    args.flag("--skip-unknown", a.skipsUnknown, "Write the rest when a common name cannot be a file's name");
    args.dryRun(a.edit);
}

Expected<InstanceRow> instanceOf(Session &session, const InstanceName &name)
{
    return session.tryLook([&name](Topology &topology) {
        return instanceIn(topology, name).map([](const InstanceRow *row) { return *row; });
    });
}

QStringList notesOf(const std::vector<CcdFinding> &findings)
{
    QStringList notes;
    for (const CcdFinding &finding : findings)
        notes += findingText(finding);
    return notes;
}

tl::unexpected<Error> lossy(const std::vector<CcdFinding> &findings, const QString &sentence)
{
    const auto losses = std::ranges::count(findings, CcdSeverity::Loss, &CcdFinding::severity);
    return fail(ErrorKind::Unsupported, sentence.arg(losses), {{u"problems"_s, findingsJson(findings)}});
}

QJsonArray entriesJson(const std::vector<CcdEntry> &entries)
{
    QJsonArray list;
    for (const CcdEntry &entry : entries) {
        QJsonArray addresses;
        for (const auto &address : {entry.address, entry.address6}) {
            if (address)
                addresses.append(address->toString());
        }
        QJsonArray options;
        for (const auto &[type, value] : entry.options)
            options.append(QJsonObject{{u"type"_s, enumText(type)}, {u"value"_s, value}});
        list.append(QJsonObject{{u"cn"_s, entry.cn.toString()},
                                {u"addresses"_s, addresses},
                                {u"iroutes"_s, prefixesJson(entry.iroutes)},
                                {u"options"_s, options}});
    }
    return list;
}

Expected<Answer> import(Session &session, const CcdArgs &a)
{
    const auto instance = instanceOf(session, *a.instance);
    if (!instance)
        return fail(instance.error());
    auto folder = readCcdFolder(*a.folder, *instance);
    if (!folder)
        return fail(folder.error());
    if (hasLoss(folder->findings) && !a.skipsUnknown)
        return lossy(folder->findings, u"%1 things in the folder cannot be kept; --skip-unknown imports the rest"_s);
    const auto receipt = session.edit(ImportCcd{*a.instance, folder->entries, a.confirmed}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    const QJsonObject body{{u"instance"_s, a.instance->toString()},
                           {u"connectors"_s, entriesJson(folder->entries)},
                           {u"problems"_s, findingsJson(folder->findings)}};
    Answer answer = editAnswer(a.edit, *receipt, body,
                               u"%1 imported, %2 left out or noted."_s.arg(
                                   counted(std::ssize(folder->entries), u"connector was"_s, u"connectors were"_s),
                                   counted(std::ssize(folder->findings), u"thing was"_s, u"things were"_s)));
    answer.notes = notesOf(folder->findings);
    return answer;
}

/// Refuses a folder that would be mixed with other files, unless that is wanted, and targets that are no plain files.
Expected<QStringList> checkTarget(const CcdArgs &a, const std::vector<CcdOutput> &files)
{
    const QFileInfo info(*a.folder);
    if (info.exists() && !info.isDir())
        return fail(ErrorKind::Exists, u"'%1' is no folder"_s.arg(*a.folder), {{u"path"_s, *a.folder}});
    const QDir folder(*a.folder);
    QStringList others =
        folder.entryList(QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDir::Name);
    if (!others.isEmpty() && !a.isForced)
        return fail(ErrorKind::Exists, u"the folder '%1' is not empty; --force writes into it"_s.arg(*a.folder),
                    {{u"path"_s, *a.folder}});
    for (const CcdOutput &file : files) {
        const QFileInfo target(folder.filePath(file.fileName));
        if (target.isSymLink() || (target.exists() && !target.isFile()))
            return fail(ErrorKind::Exists, u"'%1' is there and is no plain file"_s.arg(target.filePath()),
                        {{u"path"_s, target.filePath()}});
        others.removeOne(file.fileName);
    }
    return others;
}

/// Each file appears whole or not at all.
Expected<void> writeFile(const QDir &folder, const CcdOutput &file)
{
    QSaveFile target(folder.filePath(file.fileName));
    if (target.open(QIODevice::WriteOnly) && target.write(file.content) == file.content.size() && target.commit())
        return {};
    return fail(ErrorKind::ReadOnly, u"'%1' cannot be written: %2"_s.arg(target.fileName(), target.errorString()),
                {{u"path"_s, target.fileName()}});
}

QString shownFiles(const std::vector<CcdOutput> &files)
{
    QStringList lines;
    for (const CcdOutput &file : files)
        lines += u"== %1\n%2"_s.arg(file.fileName, QString::fromUtf8(file.content)).trimmed();
    return lines.join(u'\n');
}

/// Writes what it can. \returns the names of written files; exit code 3 when that is not all of them
Expected<Answer> writeAll(const CcdArgs &a, const CcdExport &plan, QJsonObject document)
{
    if (!QDir().mkpath(*a.folder))
        return fail(ErrorKind::ReadOnly, u"the folder '%1' cannot be made"_s.arg(*a.folder), {{u"path"_s, *a.folder}});
    const QDir folder(*a.folder);
    qsizetype written = 0;
    for (const CcdOutput &file : plan.files) {
        const auto done = writeFile(folder, file);
        if (!done && written == 0)
            return fail(done.error());
        if (!done) {
            document.insert(u"error"_s, errorJson(done.error()));
            document.insert(u"written"_s, written);
            return Answer{document,
                          u"%1 of %2 written, then: %3"_s.arg(
                              QString::number(written), counted(std::ssize(plan.files), u"file was"_s, u"files were"_s),
                              done.error().detail),
                          {},
                          3};
        }
        ++written;
    }
    document.insert(u"written"_s, written);
    return Answer{
        document, u"%1 written to %2."_s.arg(counted(written, u"file was"_s, u"files were"_s), *a.folder), {}, 0};
}

Expected<Answer> exportAll(Session &session, const CcdArgs &a)
{
    const auto plan = session.tryLook([&a](Topology &topology) {
        return instanceIn(topology, *a.instance).map([&](const InstanceRow *row) {
            return ccdFilesOf(topology, *row, a.isComplete);
        });
    });
    if (!plan)
        return fail(plan.error());
    if (hasLoss(plan->findings) && !a.skipsUnknown)
        return lossy(plan->findings, u"%1 connectors cannot have a file; --skip-unknown writes the others"_s);
    const auto others = checkTarget(a, plan->files);
    if (!others)
        return fail(others.error());
    QJsonArray names;
    for (const CcdOutput &file : plan->files)
        names.append(file.fileName);
    const QJsonObject document{{u"instance"_s, a.instance->toString()},
                               {u"files"_s, names},
                               {u"problems"_s, findingsJson(plan->findings)},
                               {u"leftAlone"_s, QJsonArray::fromStringList(*others)},
                               {u"journal"_s, QJsonValue()}};
    auto answer = a.edit.isDryRun ? Expected<Answer>(Answer{document, shownFiles(plan->files), {}, 0})
                                  : writeAll(a, *plan, document);
    if (answer) {
        answer->notes = notesOf(plan->findings);
        if (a.edit.isDryRun)
            answer->document.insert(u"dryRun"_s, true);
        if (!others->isEmpty())
            answer->notes += u"left alone, and still valid for OpenVPN: "_s + others->join(u", "_s);
    }
    return answer;
}

} // namespace

void addCcdCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("ccd", "OpenVPN's client-config-dir: read one, write one");
    tree.addVerb<CcdArgs>(group, "import", "Take over a client-config-dir: all of it or nothing", declareImport,
                          import);
    tree.addVerb<CcdArgs>(group, "export", "Write a client-config-dir that means the same", declareExport, exportAll);
}

} // namespace interlock
