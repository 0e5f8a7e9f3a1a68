// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/problems.h"
#include "app/interlockctl/table.h"
#include "app/wiring/storelocation.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct StoreArgs
{
    std::optional<QString> target;
    EditOptions edit;
};

void declareNothing(Arguments /*arguments*/, StoreArgs & /*args*/) {}

void declareInit(Arguments args, StoreArgs &a)
{
    args.dryRun(a.edit);
}

void declareBackup(Arguments args, StoreArgs &a)
{
    args.required("FILE", a.target, "The new file; one that exists is not overwritten");
    args.dryRun(a.edit);
}

void declareRestore(Arguments args, StoreArgs &a)
{
    args.required("FILE", a.target, "A file that 'store backup' wrote");
    args.dryRun(a.edit);
}

void declareCopy(Arguments args, StoreArgs &a)
{
    args.required("URL", a.target, "The other store, which must be empty");
    args.dryRun(a.edit);
}

Expected<StoreInfo> infoOf(Session &session)
{
    return session.store().and_then([](StoreHandle *store) { return Session::wait(store->queries().info()); });
}

Answer infoAnswer(const StoreInfo &info)
{
    QJsonObject counts;
    Table table({u"TABLE"_s, u"ROWS"_s}, u"no tables"_s);
    for (const auto &[name, count] : info.counts) {
        counts.insert(name, count);
        table.add({name, QString::number(count)});
    }
    return {{{u"backend"_s, info.backend},
             {u"schemaVersion"_s, info.schemaVersion},
             {u"location"_s, info.location},
             {u"head"_s, info.head.value},
             {u"counts"_s, counts}},
            u"%1 at %2, schema %3, journal at entry %4\n\n%5"_s.arg(info.backend, info.location,
                                                                    QString::number(info.schemaVersion),
                                                                    QString::number(info.head.value), table.toString()),
            {},
            0};
}

Expected<Answer> info(Session &session, const StoreArgs & /*args*/)
{
    return infoOf(session).map(infoAnswer);
}

Expected<Answer> init(Session &session, const StoreArgs &a)
{
    if (a.edit.isDryRun) {
        return Answer{{{u"store"_s, shownStoreUrl(session.url())}, {u"dryRun"_s, true}},
                      u"Dry run: %1 would be created when it is missing, and brought to this program's schema."_s.arg(
                          shownStoreUrl(session.url())),
                      {},
                      0};
    }
    return infoOf(session).map(infoAnswer);
}

Expected<Answer> check(Session &session, const StoreArgs & /*args*/)
{
    const auto problems =
        session.store().and_then([](StoreHandle *store) { return Session::wait(store->queries().check()); });
    return problems.map(
        [](const std::vector<StoreProblem> &found) { return problemAnswer(found, u"The store is clean."_s); });
}

Answer wouldDo(const QString &text, QJsonObject document)
{
    document.insert(u"dryRun"_s, true);
    document.insert(u"journal"_s, QJsonValue());
    return {document, u"Dry run: "_s + text, {}, 0};
}

Expected<Answer> backup(Session &session, const StoreArgs &a)
{
    const QString file = QFileInfo(*a.target).absoluteFilePath();
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    if (a.edit.isDryRun) {
        if (QFileInfo::exists(file))
            return fail(ErrorKind::Exists, u"'%1' is there already"_s.arg(file), {{u"path"_s, file}});
        return wouldDo(u"the store would be copied to %1."_s.arg(file), {{u"file"_s, file}});
    }
    if (const auto done = Session::wait((*store)->upkeep().backup(file)); !done)
        return fail(done.error());
    return Answer{
        {{u"file"_s, file}, {u"size"_s, QFileInfo(file).size()}}, u"The store was copied to %1."_s.arg(file), {}, 0};
}

Expected<Answer> restore(Session &session, const StoreArgs &a)
{
    const QFileInfo file(*a.target);
    if (!file.isFile())
        return fail(ErrorKind::NotFound, u"there is no file '%1'"_s.arg(*a.target), {{u"path"_s, *a.target}});
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    if (a.edit.isDryRun) {
        return wouldDo(
            u"everything in %1 would be replaced by %2."_s.arg(shownStoreUrl(session.url()), file.absoluteFilePath()),
            {{u"file"_s, file.absoluteFilePath()}});
    }
    const auto kept = Session::wait((*store)->upkeep().restore(file.absoluteFilePath()));
    if (!kept)
        return fail(kept.error());
    // The restored journal has its own numbers; the restore is its newest entry.
    return entryAfter(session, JournalId{}, u"restore"_s).map([&](const QJsonValue &entry) {
        return Answer{
            {{u"file"_s, file.absoluteFilePath()}, {u"backup"_s, *kept}, {u"journal"_s, entry}},
            u"Restored from %1. What was there before is kept in %2; this is not undone by the journal.\nJournal entry %3."_s
                .arg(file.absoluteFilePath(), *kept, QString::number(entry.toInteger())),
            {},
            0};
    });
}

Expected<Answer> copy(Session &session, const StoreArgs &a)
{
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const QString to = shownStoreUrl(*a.target);
    if (a.edit.isDryRun)
        return wouldDo(u"everything would be copied to %1, which must be empty."_s.arg(to), {{u"to"_s, to}});
    return Session::wait((*store)->upkeep().copyTo(*a.target)).map([&to](qint64 rows) {
        return Answer{{{u"to"_s, to}, {u"rows"_s, rows}},
                      u"%1 copied to %2."_s.arg(counted(rows, u"row was"_s, u"rows were"_s), to),
                      {},
                      0};
    });
}

} // namespace

void addStoreCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("store", "The database behind everything");
    tree.addVerb<StoreArgs>(group, "init", "Create the store when it is missing, and migrate it", declareInit, init);
    tree.addVerb<StoreArgs>(group, "info", "Back end, schema version, counts", declareNothing, info);
    tree.addVerb<StoreArgs>(group, "check", "Overlaps, orphans, journal, integrity; exit 1 when something is found",
                            declareNothing, check);
    tree.addVerb<StoreArgs>(group, "backup", "Copy the whole store into one file", declareBackup, backup);
    tree.addVerb<StoreArgs>(group, "restore", "Replace everything by a backup, keeping a backup of what was there",
                            declareRestore, restore);
    tree.addVerb<StoreArgs>(group, "copy", "Copy everything into an empty store, SQLite or PostgreSQL", declareCopy,
                            copy);
}

} // namespace interlock
