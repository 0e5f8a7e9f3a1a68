// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/memberpusher.h"

#include "model/commands/andthen.h"
#include "model/rules/networkproof.h"

#include <algorithm>
#include <map>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

struct MemberPusher::Run
{
    NetworkSight sight;
    Progress progress;
    MemberPlan plan;
    std::vector<NodeId> removed; ///< ours that are to be forgotten there
    PushReport report;
    std::map<NodeId, Error> errors;
    std::size_t waitingFor = 0;
    std::size_t all = 0;
    Answer<PushReport> answer;
};

namespace {

bool isThere(std::span<const MemberRecord> live, const NodeId &node)
{
    return std::ranges::binary_search(live, node, {}, &MemberRecord::node);
}

QString asText(const std::vector<FieldDifference> &found)
{
    QStringList texts;
    for (const FieldDifference &one : found)
        texts += one.toString();
    return texts.join(u"; "_s);
}

} // namespace

MemberPusher::MemberPusher(const NetworkPorts &ports, QObject *parent)
    : QObject(parent), m_ports(ports), m_reader(ports, this)
{
}

QFuture<Expected<PushReport>> MemberPusher::push(NetworkSight sight, Progress progress)
{
    auto run = std::make_shared<Run>(Run{std::move(sight), std::move(progress), {}, {}, {}, {}, 0, 0, {}});
    const auto wanted = wantedMembers(run->sight.rows);
    run->plan = planMembers(wanted, run->sight.members);
    run->report.refused = run->plan.refused;
    for (const MemberRow &row : run->sight.rows.members) {
        if (row.standing == MemberStanding::Removed && isThere(run->sight.members, row.node))
            run->removed.push_back(row.node);
    }
    run->report.equal = wanted.size() - run->plan.writes.size() - run->plan.refused.size();
    run->all = run->plan.writes.size() + run->removed.size();
    const auto future = run->answer.future();
    if (run->all == 0)
        note(run);
    else
        send(run);
    return future;
}

void MemberPusher::send(const std::shared_ptr<Run> &run)
{
    run->waitingFor = run->plan.writes.size();
    if (run->waitingFor == 0) {
        forgetRemoved(run);
        return;
    }
    for (const MemberWrite &write : run->plan.writes)
        sendOne(run, write);
}

void MemberPusher::sendOne(const std::shared_ptr<Run> &run, const MemberWrite &write)
{
    const auto sent = run->sight.client->writeMember(run->sight.rows.network.networkId, write.node, write.edit);
    whenDone(sent, this, [this, run, write](const Expected<MemberRecord> &reply) {
        if (!reply) {
            run->errors.emplace(write.node, reply.error());
        } else if (const auto found = differences(write.edit, *reply); !found.empty()) {
            run->errors.emplace(write.node, Error{ErrorKind::BackendMismatch,
                                                  u"the controller answered 200 and did otherwise: "_s + asText(found),
                                                  {}});
        }
        oneDone(run);
        if (--run->waitingFor == 0)
            forgetRemoved(run);
    });
}

/// Only after they are deauthorised: one that is deleted while it is authorised keeps its place in the network for a
/// while. \source zerotier/FACTS.md 46
void MemberPusher::forgetRemoved(const std::shared_ptr<Run> &run)
{
    run->waitingFor = run->removed.size();
    if (run->waitingFor == 0) {
        prove(run);
        return;
    }
    for (const NodeId &node : run->removed) {
        const auto sent = run->sight.client->deleteMember(run->sight.rows.network.networkId, node);
        whenDone(sent, this, [this, run, node](const Expected<void> &done) {
            if (done || done.error().kind == ErrorKind::NotFound)
                run->report.deleted.push_back(node);
            else
                run->errors.emplace(node, done.error());
            oneDone(run);
            if (--run->waitingFor == 0)
                prove(run);
        });
    }
}

void MemberPusher::oneDone(const std::shared_ptr<Run> &run)
{
    if (run->progress) {
        const std::size_t open = run->waitingFor - 1;
        const bool isWriting = run->report.deleted.empty() && run->waitingFor <= run->plan.writes.size();
        run->progress(isWriting ? run->plan.writes.size() - open : run->all - open, run->all);
    }
}

/// A write can lose against a device that asks to join at the same moment. \source zerotier/FACTS.md 37
void MemberPusher::prove(const std::shared_ptr<Run> &run)
{
    const auto read = run->sight.client->members(run->sight.rows.network.networkId);
    whenDone(read, this, [this, run](const Expected<std::vector<MemberRecord>> &live) {
        if (!live) {
            for (const MemberWrite &write : run->plan.writes)
                run->errors.emplace(write.node, live.error());
        } else {
            judge(run, *live);
        }
        note(run);
    });
}

void MemberPusher::judge(const std::shared_ptr<Run> &run, const std::vector<MemberRecord> &live)
{
    std::map<NodeId, const MemberRecord *> byNode;
    for (const MemberRecord &record : live)
        byNode.emplace(record.node, &record);
    const std::set<NodeId> gone(run->report.deleted.begin(), run->report.deleted.end());
    for (const MemberWrite &write : run->plan.writes) {
        if (run->errors.contains(write.node) || gone.contains(write.node))
            continue;
        const auto found = byNode.find(write.node);
        if (found == byNode.end()) {
            run->errors.emplace(
                write.node,
                Error{ErrorKind::BackendMismatch, u"the controller took it and does not have it a moment later"_s, {}});
        } else if (const auto wrong = differences(write.edit, *found->second); !wrong.empty()) {
            run->errors.emplace(write.node, Error{ErrorKind::BackendMismatch,
                                                  u"a moment after it was written it is otherwise: "_s + asText(wrong),
                                                  {}});
        }
    }
}

std::vector<MemberPush> MemberPusher::notesOf(const Run &run, const std::vector<MemberPush> &before) const
{
    std::map<NodeId, const MemberPush *> noted;
    for (const MemberPush &push : before)
        noted.emplace(push.node, &push);
    std::map<NodeId, QString> refused;
    for (const MemberWrite &write : run.plan.refused)
        refused.emplace(write.node, u"another member has its address"_s);
    std::vector<MemberPush> notes;
    for (const MemberRow &row : run.sight.rows.members) {
        const auto old = noted.find(row.node);
        const bool isKnown = old != noted.end() && old->second->version == row.version;
        MemberPush push{row.network, row.node, row.version, 0, {}, m_ports.clock.now()};
        if (const auto error = run.errors.find(row.node); error != run.errors.end()) {
            push.tries = (isKnown ? old->second->tries : 0) + 1;
            push.lastError = error->second.detail;
        } else if (const auto why = refused.find(row.node); why != refused.end()) {
            push.tries = (isKnown ? old->second->tries : 0) + 1;
            push.lastError = why->second;
        } else if (isKnown && old->second->tries == 0) {
            continue;
        }
        notes.push_back(std::move(push));
    }
    return notes;
}

void MemberPusher::note(const std::shared_ptr<Run> &run)
{
    for (const MemberWrite &write : run->plan.writes) {
        if (!run->errors.contains(write.node))
            run->report.written.push_back(write.node);
    }
    for (const auto &[node, error] : run->errors)
        run->report.failed.push_back({node, error});
    const auto noted = andThen(m_ports.archive.pushes(run->sight.rows.network.name), this,
                               [this, run](const std::vector<MemberPush> &before) {
                                   const auto notes = notesOf(*run, before);
                                   return notes.empty() ? answered<void>({}) : m_ports.archive.recordPushes(notes);
                               });
    whenDone(noted, this, [run](const Expected<void> &done) {
        if (done)
            run->answer.give(run->report);
        else
            run->answer.give(fail(done.error()));
    });
}

} // namespace interlock
