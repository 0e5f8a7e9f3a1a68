// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/counted.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/networkdesk.h"
#include "app/interlockctl/output.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"
#include "app/interlockctl/ztjson.h"
#include "model/engine/memberpusher.h"
#include "model/engine/networkturn.h"

#include <algorithm>
#include <map>
#include <set>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct MemberArgs
{
    std::optional<NetworkName> network;
    QStringList nodes;
    std::optional<Address> address;
    std::optional<Prefix> subnet;
    std::optional<QString> device;
    bool isKeptBack = false;
    bool isAll = false;
    EditOptions edit;
};

void declareNetwork(Arguments args, MemberArgs &a)
{
    args.required("NETWORK", a.network, "A network");
}

void declareNodes(Arguments args, MemberArgs &a)
{
    declareNetwork(args, a);
    args.words("NODE", a.nodes, "Node ids, ten hexadecimal digits each");
    args.flag("--no-push", a.isKeptBack, "Only store it; 'zt push' or interlockd sends it");
    args.dryRun(a.edit);
}

void declareAssign(Arguments args, MemberArgs &a)
{
    declareNodes(args, a);
    args.optional("--address", a.address, "Exactly this address, for one node", "ADDRESS");
    args.optional("--subnet", a.subnet, "The lowest free address of this subnet, for each node", "PREFIX");
    args.optional("--device", a.device, "Whose the member is", "NAME");
}

void declareAdopt(Arguments args, MemberArgs &a)
{
    declareNodes(args, a);
    args.flag("--all", a.isAll, "Every authorised member that the rows do not know");
}

Expected<std::vector<NodeId>> nodesOf(const MemberArgs &a)
{
    std::vector<NodeId> nodes;
    for (const QString &word : a.nodes) {
        const auto node = NodeId::parse(word);
        if (!node)
            return fail(node.error());
        nodes.push_back(*node);
    }
    if (nodes.empty())
        return fail(ErrorKind::Usage, u"say which nodes"_s, {{u"argument"_s, u"NODE"_s}});
    return nodes;
}

/// Sends what is staged, when this process gets its turn.
Expected<PushReport> push(NetworkDesk &desk, const NetworkName &network)
{
    const auto turn = NetworkDesk::wait(NetworkTurn::take(desk.ports().leases, network, desk.holder()));
    if (!turn)
        return fail(turn.error());
    const auto sight = NetworkDesk::wait(desk.reader().look(network));
    if (!sight)
        return fail(sight.error());
    MemberPusher pusher(desk.ports());
    return NetworkDesk::wait(pusher.push(*sight));
}

void addPush(Answer &answer, const Expected<PushReport> &report)
{
    if (!report) {
        answer.exitCode = 3;
        answer.notes += u"stored, but not sent to the controller yet: "_s + report.error().detail;
        answer.document.insert(u"pushError"_s, errorJson(report.error()));
        return;
    }
    answer.document.insert(u"push"_s, pushJson(*report));
    answer.notes += pushLines(*report);
    if (!report->failed.empty() || !report->refused.empty())
        answer.exitCode = 3;
    else if (!report->written.empty())
        answer.text += u'\n' + counted(std::ssize(report->written), u"member was"_s, u"members were"_s) +
                       u" written on the controller and read back."_s;
}

Expected<Answer> editAndPush(Session &session, const MemberArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    QJsonArray members;
    for (const MemberRow &row : rowsOf<MemberRow>(*receipt))
        members.append(rowJson(row));
    Answer answer = editAnswer(a.edit, *receipt, {{u"members"_s, members}}, done);
    if (a.edit.isDryRun || a.isKeptBack)
        return answer;
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    addPush(answer, push(**desk, *a.network));
    return answer;
}

Expected<Answer> setStanding(Session &session, const MemberArgs &a, MemberStanding standing)
{
    const auto nodes = nodesOf(a);
    if (!nodes)
        return fail(nodes.error());
    auto answer =
        editAndPush(session, a, SetMembers{*a.network, *nodes, standing},
                    u"%1 of %2 %3."_s.arg(counted(std::ssize(*nodes), u"member"_s, u"members"_s), a.network->toString(),
                                          (nodes->size() == 1 ? u"is "_s : u"are "_s) + enumText(standing)));
    if (!answer || standing != MemberStanding::Authorized)
        return answer;
    for (const QJsonValue member : answer->document["members"_L1].toArray()) {
        if (member["address"_L1].isNull())
            answer->notes += u"member %1 has no address of the tree yet: zt member assign %2 %1 --subnet PREFIX"_s.arg(
                member["node"_L1].toString(), a.network->toString());
    }
    return answer;
}

Expected<Answer> authorize(Session &session, const MemberArgs &a)
{
    return setStanding(session, a, MemberStanding::Authorized);
}
Expected<Answer> deauthorize(Session &session, const MemberArgs &a)
{
    return setStanding(session, a, MemberStanding::Deauthorized);
}
Expected<Answer> remove(Session &session, const MemberArgs &a)
{
    auto answer = setStanding(session, a, MemberStanding::Removed);
    if (answer)
        answer->notes += u"a device that still runs comes back by itself, not authorised"_s;
    return answer;
}

Expected<Answer> assign(Session &session, const MemberArgs &a)
{
    const auto nodes = nodesOf(a);
    if (!nodes)
        return fail(nodes.error());
    if (a.address && (nodes->size() > 1 || a.subnet))
        return fail(ErrorKind::Usage, u"--address is for one node, and not together with --subnet"_s);
    if (nodes->size() == 1) {
        return editAndPush(session, a, AssignMember{*a.network, nodes->front(), a.address, a.subnet, a.device},
                           u"Member %1 of %2 has its address."_s.arg(nodes->front().toString(), a.network->toString()));
    }
    // One after the other: each takes the address that is lowest then.
    MemberArgs each = a;
    each.isKeptBack = true;
    QJsonArray members;
    for (const NodeId &node : *nodes) {
        const auto one = editAndPush(session, each, AssignMember{*a.network, node, {}, a.subnet, a.device}, QString());
        if (!one) {
            Error error = one.error();
            error.detail =
                u"%1 of %2 members got an address; then: %3"_s.arg(members.size()).arg(nodes->size()).arg(error.detail);
            return fail(std::move(error));
        }
        for (const QJsonValue member : one->document["members"_L1].toArray())
            members.append(member);
    }
    Answer answer{{{u"members"_s, members}}, u"%1 members have their addresses."_s.arg(members.size()), {}, 0};
    if (a.edit.isDryRun || a.isKeptBack)
        return answer;
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    addPush(answer, push(**desk, *a.network));
    return answer;
}

Expected<Answer> adopt(Session &session, const MemberArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto sight = NetworkDesk::wait((*desk)->reader().look(*a.network));
    if (!sight)
        return fail(sight.error());
    std::set<NodeId> wanted;
    if (!a.isAll) {
        const auto nodes = nodesOf(a);
        if (!nodes)
            return fail(nodes.error());
        wanted.insert(nodes->begin(), nodes->end());
    }
    AdoptMembers command{*a.network, {}};
    const MemberPlan found = planMembers(wantedMembers(sight->rows), sight->members);
    for (const ForeignMember &member : found.foreign) {
        if (!a.isAll && wanted.erase(member.record.node) == 0)
            continue;
        if (member.addresses.size() > 1) {
            return fail(ErrorKind::Unsupported,
                        u"member %1 has %2 addresses; a member of ours has one: give it one with 'zt member assign'"_s
                            .arg(member.record.node.toString())
                            .arg(member.addresses.size()),
                        {{u"node"_s, member.record.node.toString()}});
        }
        command.members.push_back({member.record.node, MemberStanding::Authorized,
                                   member.addresses.empty() ? std::nullopt : std::optional(member.addresses.front()),
                                   member.record.name});
    }
    if (!wanted.empty()) {
        return fail(ErrorKind::NotFound,
                    u"%1 is no authorised member of %2 that the rows do not know"_s.arg(wanted.begin()->toString(),
                                                                                        a.network->toString()),
                    {{u"node"_s, wanted.begin()->toString()}});
    }
    const QString done =
        u"%1 members of %2 are ours from now on, as they are."_s.arg(command.members.size()).arg(a.network->toString());
    return editAndPush(session, a, std::move(command), done);
}

Expected<Answer> pushNow(Session &session, const MemberArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto report = push(**desk, *a.network);
    if (!report)
        return fail(report.error());
    QJsonObject document = pushJson(*report);
    document.insert(u"network"_s, a.network->toString());
    const bool isWhole = report->failed.empty() && report->refused.empty();
    return Answer{document,
                  u"Members written and read back: %1, deleted: %2, as they should be already: %3."_s.arg(
                      QString::number(report->written.size()), QString::number(report->deleted.size()),
                      QString::number(report->equal)),
                  pushLines(*report), isWhole ? 0 : 3};
}

/// One line of `zt members`: a row of ours, what the controller has, or both.
struct MemberLine
{
    const MemberRow *row = nullptr;
    const MemberRecord *record = nullptr;
    const MemberPush *push = nullptr;
    bool isOnline = false;
};

QString stateOf(const MemberLine &line, const std::set<NodeId> &different)
{
    if (!line.row)
        return line.record->isAuthorized ? u"foreign"_s : u"pending"_s;
    if (line.push && line.push->tries > 0 && line.push->version == line.row->version)
        return u"failed"_s;
    if (different.contains(line.row->node))
        return u"staged"_s;
    return line.record ? u"pushed"_s : u"absent"_s;
}

QJsonObject memberJson(const NodeId &node, const MemberLine &line, const QString &state)
{
    QJsonArray live;
    if (line.record)
        live = QJsonArray::fromStringList({line.record->addresses.begin(), line.record->addresses.end()});
    const auto address = line.row && line.row->address ? QJsonValue(line.row->address->toString()) : QJsonValue();
    return {{u"node"_s, node.toString()},
            {u"name"_s, line.row && !line.row->device.isEmpty() ? line.row->device
                                                                : (line.record ? line.record->name : QString())},
            {u"device"_s, line.row && !line.row->device.isEmpty() ? QJsonValue(line.row->device) : QJsonValue()},
            {u"standing"_s, line.row ? QJsonValue(enumText(line.row->standing)) : QJsonValue()},
            {u"address"_s, address},
            {u"authorized"_s, line.record ? QJsonValue(line.record->isAuthorized) : QJsonValue()},
            {u"addresses"_s, live},
            {u"bridge"_s, line.record && line.record->isBridge},
            {u"online"_s, line.isOnline},
            {u"joined"_s, line.record && line.record->hasJoined},
            {u"clientVersion"_s, line.record ? line.record->version : QString()},
            {u"state"_s, state},
            {u"tries"_s, line.push ? line.push->tries : 0},
            {u"lastError"_s,
             line.push && !line.push->lastError.isEmpty() ? QJsonValue(line.push->lastError) : QJsonValue()},
            {u"version"_s, line.row ? QJsonValue(line.row->version) : QJsonValue()}};
}

std::map<NodeId, MemberLine> linesOf(const NetworkSight &sight, const std::vector<MemberPush> &pushes,
                                     const std::vector<PeerRecord> &peers)
{
    std::map<NodeId, MemberLine> lines;
    for (const MemberRecord &record : sight.members)
        lines[record.node].record = &record;
    for (const MemberRow &row : sight.rows.members)
        lines[row.node].row = &row;
    for (const MemberPush &push : pushes) {
        if (const auto line = lines.find(push.node); line != lines.end())
            line->second.push = &push;
    }
    for (const PeerRecord &peer : peers) {
        if (const auto line = lines.find(peer.node); line != lines.end())
            line->second.isOnline = !peer.physicalAddress.isEmpty();
    }
    return lines;
}

Expected<Answer> members(Session &session, const MemberArgs &a)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto sight = NetworkDesk::wait((*desk)->reader().look(*a.network));
    if (!sight)
        return fail(sight.error());
    const auto pushes = NetworkDesk::wait((*desk)->ports().archive.pushes(*a.network));
    if (!pushes)
        return fail(pushes.error());
    const auto peers = NetworkDesk::wait(sight->client->peers());
    const MemberPlan found = planMembers(wantedMembers(sight->rows), sight->members);
    std::set<NodeId> different;
    for (const MemberWrite &write : found.writes)
        different.insert(write.node);
    for (const MemberWrite &write : found.refused)
        different.insert(write.node);
    Table table({u"NODE"_s, u"NAME"_s, u"STATE"_s, u"AUTHORIZED"_s, u"ADDRESS"_s, u"ONLINE"_s, u"VERSION"_s},
                u"No device has asked to join yet, and none was authorised in advance."_s);
    QJsonArray list;
    for (const auto &[node, line] : linesOf(*sight, *pushes, peers.value_or(std::vector<PeerRecord>()))) {
        // Removed and gone: only we remember it.
        if (line.row && line.row->standing == MemberStanding::Removed && !line.record)
            continue;
        const QJsonObject object = memberJson(node, line, stateOf(line, different));
        list.append(object);
        const QStringList live =
            line.record ? QStringList(line.record->addresses.begin(), line.record->addresses.end()) : QStringList();
        const QString planned = object["address"_L1].toString();
        table.add(
            {node.toString(), object["name"_L1].toString(), object["state"_L1].toString(),
             line.record ? yesNo(line.record->isAuthorized) : u"-"_s,
             live.join(u' ') == planned || planned.isEmpty() ? live.join(u' ') : live.join(u' ') + u" -> "_s + planned,
             yesNo(line.isOnline), object["clientVersion"_L1].toString()});
    }
    Answer answer{
        {{u"network"_s, a.network->toString()}, {u"members"_s, list}}, printable(table.toString(), true), {}, 0};
    if (!peers)
        answer.notes += u"warning: who is online is not known: "_s + peers.error().detail;
    return answer;
}

} // namespace

void addZtMembers(CommandTree &tree, CLI::App &zt)
{
    tree.addVerb<MemberArgs>(zt, "members", "Members: ours, pending joiners and others'", declareNetwork, members);
    tree.addVerb<MemberArgs>(zt, "push", "Send what is staged about members, and prove it", declareNetwork, pushNow);
    CLI::App &group = tree.addGroup(zt, "member", "What a member of a network is to be");
    tree.addVerb<MemberArgs>(group, "authorize", "Let them in; also in advance, before they ever joined", declareNodes,
                             authorize);
    tree.addVerb<MemberArgs>(group, "deauthorize", "Keep them out; they keep their addresses", declareNodes,
                             deauthorize);
    tree.addVerb<MemberArgs>(group, "remove", "Keep them out, free their addresses and hide them", declareNodes,
                             remove);
    tree.addVerb<MemberArgs>(group, "assign", "Give a member exactly one address of the tree; none takes it away",
                             declareAssign, assign);
    tree.addVerb<MemberArgs>(group, "adopt", "Take over members that somebody else authorised, as they are",
                             declareAdopt, adopt);
}

} // namespace interlock
