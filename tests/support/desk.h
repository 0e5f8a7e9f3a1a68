// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/decide.h"
#include "tests/support/topologies.h"

#include <QRegularExpression>

#include <set>

namespace interlock {

/// Carries commands out on a topology and keeps a journal, as the store does, with nothing around it.
struct Desk
{
    Topology topology;
    Timestamp now = Timestamp::fromMilliseconds(1'800'000'000'000);
    std::vector<JournalEntry> journal;

    /// What `command` answers; on success its changes are in the topology, and in the journal if there were any.
    Expected<Outcome> submit(const Command &command)
    {
        TopologyEdit edit(topology);
        std::optional<JournalId> reverts;
        Expected<Outcome> outcome = std::monostate();
        if (const auto *revert = std::get_if<Revert>(&command)) {
            const auto index = static_cast<std::size_t>(revert->entry.value - 1);
            if (index >= journal.size())
                return fail(ErrorKind::NotFound, QStringLiteral("no such entry"));
            reverts = revert->entry;
            outcome = revertEntry(edit, journal[index], now, revert->confirmed);
        } else {
            outcome = decide(edit, command, now);
        }
        if (!outcome)
            return outcome;
        lastChanges = edit.take();
        if (!lastChanges.empty()) {
            journal.push_back({{static_cast<qint64>(journal.size()) + 1},
                               now,
                               QStringLiteral("test"),
                               commandName(command),
                               commandArguments(command),
                               reverts,
                               true,
                               true,
                               lastChanges});
        }
        return outcome;
    }
    /// "accepted", or the refusal as "!kind".
    QString run(const Command &command) { return refusalOf(submit(command)); }
    /// Reverts the newest entry.
    QString undo() { return run(Revert{{static_cast<qint64>(journal.size())}}); }
    [[nodiscard]] JournalId head() const { return {static_cast<qint64>(journal.size())}; }

    QString addInstance(QStringView name, const QStringList &pools, bool moveClaims = false)
    {
        return run(AddInstance{instanceRow(name, pools.front()), pfxs(pools), moveClaims});
    }
    QString setIroutes(QStringView cn, const QStringList &lans) { return run(ReplaceIroutes{cname(cn), pfxs(lans)}); }
    QString resolve(QStringView cn, QStringView real, QStringView instance = u"main")
    {
        const auto outcome = submit(ResolveClaim{cname(cn), pfx(real), iname(instance)});
        return outcome ? verdictOf(*topology.find<ClaimRow>(cname(cn), pfx(real))) : refusalOf(outcome);
    }
    QString release(QStringView cn, QStringView real) { return run(ReleaseClaim{cname(cn), pfx(real)}); }
    QString reassign(QStringView real, QStringView to) { return run(ReassignClaim{pfx(real), cname(to)}); }

    void pass(std::chrono::milliseconds time) { now = now + time; }
    [[nodiscard]] QStringList claims() const { return claimsIn(topology); }
    [[nodiscard]] std::vector<Prefix> ranges() const
    {
        std::set<Prefix> found{pfx(u"100.64.0.0/10")};
        for (const InstanceRow &row : topology.rows<InstanceRow>())
            found.insert(row.standinRange);
        return {found.begin(), found.end()};
    }
    /// All rows with all their fields, and what is free.
    QStringList fingerprint() { return fingerprintOf(topology, now, ranges()); }
    /// The rows without versions and times, which an undo does not bring back.
    QStringList content()
    {
        QStringList list = fingerprint();
        static const QRegularExpression kMeta(
            QStringLiteral(" (version|createdAt|allocatedAt|freedAt|until)=[-0-9.e+]+"));
        for (QString &line : list)
            line.remove(kMeta);
        return list;
    }

    ChangeSet lastChanges;
};

/// The rows of an outcome as text: table and key.
inline QStringList rowsOf(const Expected<Outcome> &outcome)
{
    QStringList list;
    for (const Row &row : std::get<std::vector<Row>>(*outcome))
        list += QString::fromUtf16(kTableNames.at(tableOf(row))) + u' ' + keyOf(row);
    return list;
}

} // namespace interlock
