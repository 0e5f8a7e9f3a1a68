// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/networkapplier.h"

#include "model/commands/andthen.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

struct NetworkApplier::Run
{
    explicit Run(ApplyOrder given, MemberPusher::Progress told) : order(std::move(given)), progress(std::move(told)) {}

    ApplyOrder order;
    MemberPusher::Progress progress;
    std::shared_ptr<NetworkTurn> turn;
    std::optional<NetworkSight> sight; ///< as it was decided on; later as it is after
    NetworkEdit asked;                 ///< all that was sent last
    ApplyReport report;
};

namespace {

Expected<void> checkNeeds(const NetworkDiff &diff, const std::vector<ApplyNeed> &confirmed)
{
    QJsonArray missing;
    QStringList words;
    for (const ApplyNeed need : diff.needs) {
        if (std::ranges::find(confirmed, need) == confirmed.end()) {
            missing.append(enumText(need));
            words += u"--confirm "_s + enumText(need);
        }
    }
    if (missing.isEmpty())
        return {};
    QJsonArray members;
    QStringList sentences;
    for (const MemberFinding &finding : diff.findings) {
        if (finding.need() && missing.contains(enumText(*finding.need()))) {
            if (finding.node)
                members.append(finding.node->toString());
            if (sentences.size() < 3)
                sentences += finding.toString();
        }
    }
    const QString why = sentences.isEmpty() ? QString() : u" ("_s + sentences.join(u"; "_s) + u')';
    return fail(ErrorKind::Conflict,
                u"this apply does more than add routes%1; say that it is meant: %2"_s.arg(why, words.join(u' ')),
                {{u"confirm"_s, missing}, {u"members"_s, members}});
}

Error changedMeanwhile(const NetworkRow &network, const NetworkRecord &now)
{
    return {
        ErrorKind::Stale,
        u"somebody changed network %1 on its controller meanwhile; nothing was sent: look at 'zt diff %1' again"_s.arg(
            network.name.toString()),
        {{u"network"_s, network.name.toString()}, {u"fingerprint"_s, fingerprintOf(now)}}};
}

/// What is ours by what is proved: the planned routes that are really there, and those of before that still are.
std::vector<Route> provedRoutes(const NetworkDiff &diff, const NetworkContext &rows, const NetworkRecord &after)
{
    std::vector<Route> there;
    for (const RouteText &text : after.routes) {
        if (const auto route = text.route())
            there.push_back(*route);
    }
    std::ranges::sort(there);
    const auto isThere = [&](const Route &route) { return std::ranges::binary_search(there, route); };
    std::vector<Route> proved;
    std::ranges::copy_if(diff.routes.ownedAfter, std::back_inserter(proved), isThere);
    for (const Route &old : rows.owned) {
        const bool isPlanned =
            std::ranges::find(diff.routes.ownedAfter, old.target, &Route::target) != diff.routes.ownedAfter.end();
        if (!isPlanned && isThere(old))
            proved.push_back(old);
    }
    return proved;
}

std::vector<AssignmentPool> provedPools(const NetworkDiff &diff, const NetworkRecord &after)
{
    std::vector<AssignmentPool> proved;
    for (const AssignmentPool &pool : diff.pools.ownedAfter) {
        const bool isThere =
            std::ranges::any_of(after.pools, [&](const PoolText &text) { return text.pool() == std::optional(pool); });
        if (isThere)
            proved.push_back(pool);
    }
    return proved;
}

} // namespace

Error partly(Error error)
{
    error.payload.insert(u"partly"_s, true);
    return error;
}

NetworkSnapshot snapshotOf(const NetworkSight &sight, const QString &reason, Timestamp now)
{
    NetworkSnapshot snapshot{
        {{}, sight.rows.network.name, sight.rows.network.networkId, now, reason, 0, {}}, sight.live.raw, {}};
    for (const MemberRecord &member : sight.members)
        snapshot.members.push_back(member.raw);
    return snapshot;
}

NetworkApplier::NetworkApplier(const NetworkPorts &ports, QObject *parent)
    : QObject(parent), m_ports(ports), m_reader(ports, this), m_pusher(ports, this)
{
}

QFuture<Expected<ApplyReport>> NetworkApplier::apply(ApplyOrder order, MemberPusher::Progress progress)
{
    const auto run = std::make_shared<Run>(std::move(order), std::move(progress));
    const auto turn = NetworkTurn::take(m_ports.leases, run->order.network, run->order.holder);
    const auto looked = andThen(turn, this, [this, run](const std::shared_ptr<NetworkTurn> &taken) {
        run->turn = taken;
        return m_reader.look(run->order.network);
    });
    const auto decided = andThen(looked, this, [this, run](const NetworkSight &sight) {
        run->sight = sight;
        return decide(run);
    });
    const auto sent = andThen(decided, this, [this, run] { return send(run); });
    const auto proved = andThen(sent, this, [this, run] { return prove(run); });
    const auto recorded = andThen(proved, this, [this, run] { return record(run); });
    const auto pushed = andThen(recorded, this, [this, run] { return pushMembers(run); });
    const auto kept = andThen(pushed, this, [this, run] { return keep(run); });
    return andThen(kept, this, [run] { return answered<ApplyReport>(run->report); });
}

/// What is to be sent, and whether it may be.
NetworkApplier::Step NetworkApplier::decide(const std::shared_ptr<Run> &run)
{
    const NetworkSight &sight = *run->sight;
    if (run->order.seen && *run->order.seen != fingerprintOf(sight.live))
        return answered<void>(fail(changedMeanwhile(sight.rows.network, sight.live)));
    const auto has = [&](ApplyNeed need) {
        return std::ranges::find(run->order.confirmed, need) != run->order.confirmed.end();
    };
    auto diff =
        diffNetwork(sight.rows, sight.live, sight.members, {has(ApplyNeed::Adopt), has(ApplyNeed::ReplaceForeign)});
    if (!diff)
        return answered<void>(fail(diff.error()));
    if (const auto ok = checkNeeds(*diff, run->order.confirmed); !ok)
        return answered<void>(fail(ok.error()));
    run->report.diff = *std::move(diff);
    run->report.after = sight.live;
    return answered<void>({});
}

/// One request, or two when a gateway changes; none when the controller has it all.
NetworkApplier::Step NetworkApplier::send(const std::shared_ptr<Run> &run)
{
    const NetworkDiff &diff = run->report.diff;
    if (diff.isEqual())
        return answered<void>({});
    // Between the look and the write somebody may have changed it; what remains is one round trip (FACTS 38).
    const auto looked = run->sight->client->network(run->sight->rows.network.networkId);
    const auto unchanged = andThen(looked, this, [run](const NetworkRecord &now) {
        if (hasChanged(run->sight->live, now))
            return answered<void>(fail(changedMeanwhile(run->sight->rows.network, now)));
        return answered<void>(run->turn->check());
    });
    return andThen(unchanged, this, [this, run] {
        const NetworkDiff &decided = run->report.diff;
        if (decided.first.isEmpty())
            return post(run, decided.edit);
        return andThen(post(run, decided.first), this, [this, run] {
            if (const auto ok = run->turn->check(); !ok)
                return answered<void>(fail(partly(ok.error())));
            return post(run, run->report.diff.edit);
        });
    });
}

NetworkApplier::Step NetworkApplier::post(const std::shared_ptr<Run> &run, const NetworkEdit &edit)
{
    run->asked = edit;
    const Answer<void> answer;
    const auto sent = run->sight->client->writeNetwork(run->sight->rows.network.networkId, edit);
    whenDone(sent, this, [this, run, answer](const Expected<NetworkRecord> &reply) {
        if (!reply) {
            whenDone(settle(run, reply.error()), this,
                     [answer](const Expected<void> &settled) { answer.give(settled); });
            return;
        }
        ++run->report.posts;
        run->report.after = *reply;
        answer.give({});
    });
    return answer.future();
}

/// A write without an answer may have been carried out: another reading tells. Nobody is told that nothing was changed
/// when that is not known.
NetworkApplier::Step NetworkApplier::settle(const std::shared_ptr<Run> &run, const Error &error)
{
    const bool hasSentBefore = run->report.posts > 0; // then targets are away even if this one did not arrive
    if (error.kind != ErrorKind::BackendUnavailable)
        return answered<void>(fail(hasSentBefore ? partly(error) : error));
    const Answer<void> answer;
    const auto read = run->sight->client->network(run->sight->rows.network.networkId);
    whenDone(read, this, [run, answer, error, hasSentBefore](const Expected<NetworkRecord> &now) {
        if (now && differences(run->asked, *now).empty()) {
            ++run->report.posts;
            run->report.after = *now;
            answer.give({});
        } else if (now && !hasSentBefore && !hasChanged(run->sight->live, *now)) {
            answer.give(fail(error));
        } else {
            answer.give(fail(partly(error)));
        }
    });
    return answer.future();
}

/// The answer to a write says what was stored; another reading says what stayed.
NetworkApplier::Step NetworkApplier::prove(const std::shared_ptr<Run> &run)
{
    if (run->report.posts == 0)
        return answered<void>({});
    run->report.differences = differences(run->asked, *run->report.after);
    const Answer<void> answer;
    whenDone(m_reader.lookAgain(*run->sight), this, [run, answer](const Expected<NetworkSight> &again) {
        if (!again) {
            answer.give(fail(partly(again.error())));
            return;
        }
        run->sight = *again;
        run->report.after = again->live;
        if (run->report.differences.empty())
            run->report.differences = differences(run->asked, again->live);
        answer.give({});
    });
    return answer.future();
}

/// What was proved is ours from now on, and nothing else.
NetworkApplier::Step NetworkApplier::record(const std::shared_ptr<Run> &run)
{
    const NetworkDiff &diff = run->report.diff;
    RecordApply command{run->order.network, provedRoutes(diff, run->sight->rows, *run->report.after),
                        provedPools(diff, *run->report.after)};
    const auto committed = m_ports.gateway.submit({std::move(command), run->order.actor});
    return andThen(committed, this, [run](const Receipt &receipt) {
        run->report.journal = receipt.journal;
        return answered<void>({});
    });
}

NetworkApplier::Step NetworkApplier::pushMembers(const std::shared_ptr<Run> &run)
{
    if (const auto ok = run->turn->check(); !ok) {
        run->report.membersError = ok.error();
        return answered<void>({});
    }
    const Answer<void> answer;
    whenDone(m_pusher.push(*run->sight, run->progress), this, [run, answer](const Expected<PushReport> &pushed) {
        if (pushed)
            run->report.members = *pushed;
        else
            run->report.membersError = pushed.error();
        answer.give({});
    });
    return answer.future();
}

/// A copy for the day on which the controller loses its files. That it cannot be kept is no reason to say that the
/// apply failed. \source zerotier/FACTS.md 50, 51
NetworkApplier::Step NetworkApplier::keep(const std::shared_ptr<Run> &run)
{
    const Answer<void> answer;
    const bool haveMembersChanged = run->report.members && !run->report.members->written.empty();
    const auto sight = haveMembersChanged ? m_reader.lookAgain(*run->sight) : answered<NetworkSight>(*run->sight);
    const auto saved = andThen(sight, this, [this](const NetworkSight &now) {
        return m_ports.archive.saveSnapshot(snapshotOf(now, u"apply"_s, m_ports.clock.now()));
    });
    whenDone(saved, this, [run, answer](const Expected<SnapshotInfo> &kept) {
        if (kept)
            run->report.snapshot = *kept;
        else
            run->report.snapshotError = kept.error().detail;
        answer.give({});
    });
    return answer.future();
}

} // namespace interlock
