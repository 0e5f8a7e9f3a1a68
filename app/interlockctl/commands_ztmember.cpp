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
#include "model/tables/memberlines.h"

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

QJsonObject memberJson(const MemberLine &line, const MemberRow *rowOrNull)
{
    const auto orNull = [](const QString &text) { return text.isEmpty() ? QJsonValue() : QJsonValue(text); };
    return {{u"node"_s, line.node.toString()},
            {u"name"_s, line.name},
            {u"device"_s, rowOrNull ? orNull(rowOrNull->device) : QJsonValue()},
            {u"standing"_s, line.standing ? QJsonValue(enumText(*line.standing)) : QJsonValue()},
            {u"address"_s, line.planned ? QJsonValue(line.planned->toString()) : QJsonValue()},
            {u"authorized"_s, line.isAuthorized ? QJsonValue(*line.isAuthorized) : QJsonValue()},
            {u"addresses"_s, QJsonArray::fromStringList({line.addresses.begin(), line.addresses.end()})},
            {u"bridge"_s, line.isBridge},
            {u"online"_s, line.isOnline ? QJsonValue(*line.isOnline) : QJsonValue()},
            {u"joined"_s, line.hasJoined},
            {u"clientVersion"_s, line.version},
            {u"state"_s, enumText(line.state)},
            {u"tries"_s, line.tries},
            {u"lastError"_s, orNull(line.lastError)},
            {u"version"_s, rowOrNull ? QJsonValue(rowOrNull->version) : QJsonValue()}};
}

/// What it has, and what it is to have instead.
QString addressText(const MemberLine &line)
{
    const QString live = QStringList(line.addresses.begin(), line.addresses.end()).join(u' ');
    return !line.planned || live == line.planned->toString() ? live : live + u" -> "_s + line.planned->toString();
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
    std::map<NodeId, const MemberRow *> rows;
    for (const MemberRow &row : sight->rows.members)
        rows.emplace(row.node, &row);
    Table table({u"NODE"_s, u"NAME"_s, u"STATE"_s, u"AUTHORIZED"_s, u"ADDRESS"_s, u"ONLINE"_s, u"VERSION"_s},
                u"No device has asked to join yet, and none was authorised in advance."_s);
    QJsonArray list;
    const auto known = peers ? std::optional(*peers) : std::nullopt;
    for (const MemberLine &line : memberLines(sight->rows, sight->members, *pushes, known)) {
        const auto row = rows.find(line.node);
        list.append(memberJson(line, row == rows.end() ? nullptr : row->second));
        table.add({line.node.toString(), line.name, enumText(line.state),
                   line.isAuthorized ? yesNo(*line.isAuthorized) : u"-"_s, addressText(line),
                   line.isOnline ? yesNo(*line.isOnline) : u"-"_s, line.version});
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
