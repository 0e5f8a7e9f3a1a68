// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/problems.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/rowtext.h"
#include "app/interlockctl/table.h"
#include "model/commands/revertible.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct JournalArgs
{
    std::optional<qint64> entry;
    std::optional<int> limit;
    std::optional<QString> table;
    std::optional<QString> actor;
    std::optional<qint64> before;
    std::optional<Timestamp> date;
    std::vector<Confirmation> confirmed;
    EditOptions edit;
};

void declareList(Arguments args, JournalArgs &a)
{
    args.optional("--limit", a.limit, "At most this many, newest first (default 100)", "N");
    args.optional("--table", a.table, "Only entries that touched this table", "T");
    args.optional("--actor", a.actor, "Only entries of this actor", "NAME");
    args.optional("--before-entry", a.before, "Only entries older than this one, for the next page", "ID");
}

void declareEntry(Arguments args, JournalArgs &a)
{
    args.required("ID", a.entry, "Number of the entry");
}

void declareRevert(Arguments args, JournalArgs &a)
{
    declareEntry(args, a);
    args.confirm(a.confirmed);
    args.dryRun(a.edit);
}

void declarePrune(Arguments args, JournalArgs &a)
{
    args.required("--before", a.date, "2026-01-31 or 2026-01-31T08:00:00Z", "DATE");
    args.dryRun(a.edit);
}

void declareVerify(Arguments /*arguments*/, JournalArgs & /*args*/) {}

Expected<std::vector<JournalEntry>> entriesOf(Session &session, JournalFilter filter)
{
    return session.store().and_then(
        [&](StoreHandle *store) { return Session::wait(store->queries().journal(std::move(filter))); });
}

Expected<Answer> list(Session &session, const JournalArgs &a)
{
    if (a.limit && *a.limit < 1)
        return fail(ErrorKind::Invalid, u"--limit is at least 1"_s, {{u"argument"_s, u"--limit"_s}});
    if (a.table &&
        std::ranges::none_of(kTableNames, [&](const char16_t *name) { return *a.table == QStringView(name); })) {
        QStringList names;
        for (const char16_t *name : kTableNames)
            names += QString::fromUtf16(name);
        return fail(ErrorKind::Invalid,
                    u"there is no journalled table of that name; there are: "_s + names.join(u", "_s),
                    {{u"argument"_s, u"--table"_s}});
    }
    const JournalFilter filter{a.limit.value_or(100), a.table.value_or(QString()), a.actor.value_or(QString()),
                               a.before ? std::optional(JournalId{*a.before}) : std::nullopt};
    return entriesOf(session, filter).map([](const std::vector<JournalEntry> &entries) {
        Table table({u"ENTRY"_s, u"AT"_s, u"ACTOR"_s, u"COMMAND"_s, u"UNDO"_s, u"ARGUMENTS"_s}, u"No such entry."_s);
        QJsonArray list;
        for (const JournalEntry &entry : entries) {
            list.append(entryJson(entry));
            const QString arguments = QString::fromUtf8(QJsonDocument(entry.arguments).toJson(QJsonDocument::Compact));
            table.add({QString::number(entry.id.value), entry.at.toString(), entry.actor, entry.command,
                       whyNotRevertible(entry) ? u"no"_s : u"yes"_s,
                       arguments.size() > 120 ? arguments.left(117) + u"..."_s : arguments});
        }
        return Answer{{{u"entries"_s, list}}, table.toString(), {}, 0};
    });
}

Expected<Answer> show(Session &session, const JournalArgs &a)
{
    const auto entry = session.store().and_then(
        [&](StoreHandle *store) { return Session::wait(store->queries().journalEntry(JournalId{*a.entry})); });
    return entry.map([](const JournalEntry &found) {
        QJsonObject object = entryJson(found);
        object.insert(u"changes"_s, changesJson(found.changes));
        QStringList lines{u"Entry %1, %2, by %3: %4"_s.arg(QString::number(found.id.value), found.at.toString(),
                                                           found.actor, found.command)};
        if (found.reverts)
            lines += u"It took back entry %1."_s.arg(found.reverts->value);
        if (found.hasImages)
            lines += changesText(found.changes);
        if (const auto reason = whyNotRevertible(found))
            lines += u"It cannot be taken back: %1."_s.arg(reasonText(*reason));
        return Answer{object, lines.join(u'\n'), {}, 0};
    });
}

Expected<Answer> revert(Session &session, const JournalArgs &a)
{
    const auto receipt = session.edit(Revert{JournalId{*a.entry}, a.confirmed}, a.edit);
    return receipt.map([&a](const Receipt &done) {
        QJsonObject body{{u"reverts"_s, *a.entry}};
        if (!a.edit.isDryRun)
            body.insert(u"changes"_s, changesJson(done.changes));
        return editAnswer(a.edit, done, body,
                          u"Entry %1 was taken back:\n%2"_s.arg(QString::number(*a.entry), changesText(done.changes)));
    });
}

/// How many entries before `date` still have their images.
Expected<qint64> prunable(Session &session, Timestamp date)
{
    qint64 count = 0;
    JournalFilter filter{1000, {}, {}, {}};
    for (;;) {
        const auto page = entriesOf(session, filter);
        if (!page)
            return fail(page.error());
        count += std::ranges::count_if(*page, [&](const JournalEntry &e) { return e.hasImages && e.at < date; });
        if (std::ssize(*page) < filter.limit)
            return count;
        filter.before = page->back().id;
    }
}

Expected<Answer> prune(Session &session, const JournalArgs &a)
{
    const QString date = a.date->toString();
    if (a.edit.isDryRun) {
        return prunable(session, *a.date).map([&date](qint64 count) {
            return Answer{
                {{u"before"_s, date}, {u"pruned"_s, count}, {u"journal"_s, QJsonValue()}, {u"dryRun"_s, true}},
                u"Dry run: the images of %1 would be dropped, which could not be taken back any more."_s.arg(
                    counted(count, u"entry"_s, u"entries"_s)),
                {},
                0};
        });
    }
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    const auto before = Session::wait((*store)->queries().info());
    if (!before)
        return fail(before.error());
    const auto pruned = Session::wait((*store)->upkeep().pruneJournal(*a.date, session.actor()));
    if (!pruned)
        return fail(pruned.error());
    return entryAfter(session, before->head, u"pruneJournal"_s).map([&](const QJsonValue &entry) {
        QString text = u"The images of %1 were dropped, which cannot be taken back any more."_s.arg(
            counted(*pruned, u"entry"_s, u"entries"_s));
        if (!entry.isNull())
            text += u"\nJournal entry %1."_s.arg(entry.toInteger());
        return Answer{{{u"before"_s, date}, {u"pruned"_s, *pruned}, {u"journal"_s, entry}}, text, {}, 0};
    });
}

Expected<Answer> verify(Session &session, const JournalArgs & /*args*/)
{
    const auto problems =
        session.store().and_then([](StoreHandle *store) { return Session::wait(store->upkeep().verifyJournal()); });
    return problems.map([](const std::vector<StoreProblem> &found) {
        return problemAnswer(found, u"The journal and the tables say the same."_s);
    });
}

} // namespace

void addJournalCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("journal", "Who changed what and when; undo");
    tree.addVerb<JournalArgs>(group, "list", "List entries, newest first", declareList, list);
    tree.addVerb<JournalArgs>(group, "show", "Show an entry with the rows before and after", declareEntry, show);
    tree.addVerb<JournalArgs>(group, "revert", "Take an entry back (undo); reverting that is redo", declareRevert,
                              revert);
    tree.addVerb<JournalArgs>(group, "prune", "Drop the images of old entries, which ends their undo", declarePrune,
                              prune);
    tree.addVerb<JournalArgs>(group, "verify", "Replay the journal and compare it with the tables", declareVerify,
                              verify);
}

} // namespace interlock
