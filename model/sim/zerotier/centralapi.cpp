// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/centralapi.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/exactjsonreader.h"
#include "model/sim/zerotier/memberpost.h"
#include "model/sim/zerotier/networkpost.h"

#include <QByteArrayList>

#include <algorithm>

namespace interlock {

namespace {

using Answer = ControllerApi::Answer;

HttpReply jsonReply(const ExactJson &json)
{
    return {200, json.toText(), "application/json"};
}

Answer refuse(int status)
{
    const QByteArray words = statusLine(status).mid(4);
    return [status, words](bool) {
        return HttpReply{status, "{\"type\":\"internal\",\"message\":" + jsonQuoted(words) + '}', "application/json"};
    };
}

/// Moves what is at `key` of `from`, or null.
ExactJson taken(ExactJson::Object &from, const QByteArray &key)
{
    const auto found = from.find(key);
    if (found == from.end())
        return {};
    ExactJson value = std::move(found->second);
    from.erase(found);
    return value;
}

ExactJson textOr(const ExactJson &value, const char *otherwise)
{
    return value.isNull() ? ExactJson(otherwise) : value;
}

/// What is in `config` of a body; an empty object when there is none.
ExactJson configOf(const ExactJson &body)
{
    const ExactJson *config = body.findOrNull("config");
    return config ? *config : ExactJson(ExactJson::Object());
}

QByteArray ipOf(const PeerRecord &peer)
{
    return peer.physicalAddress.toUtf8().split('/').first();
}

} // namespace

std::optional<HttpReply> CentralApi::refusal(const HttpRequest &request)
{
    const ControllerOptions &options = m_api.options();
    const QByteArray authorization = request.header("authorization");
    if (!options.forbiddenToken.isEmpty() && authorization == "token " + options.forbiddenToken)
        return refuse(403)(true);
    if (authorization != "token " + options.token)
        return refuse(401)(true);
    const qint64 second = m_api.now() / 1000;
    if (std::exchange(m_second, second) != second)
        m_askedInSecond = 0;
    if (options.requestsPerSecond > 0 && ++m_askedInSecond > options.requestsPerSecond) {
        HttpReply reply = refuse(429)(true);
        reply.headers["Retry-After"] = "1";
        return reply;
    }
    return std::nullopt;
}

Answer CentralApi::answer(const HttpRequest &request)
{
    if (const auto reply = refusal(request))
        return [reply = *reply](bool) { return reply; };
    const QByteArrayList parts = request.path.split('/').mid(1);
    if (parts.size() < 3 || parts[0] != "api" || parts[1] != "v1")
        return refuse(404);
    const bool isReading = request.method == "GET";
    if (parts.size() == 3 && parts[2] == "status" && isReading)
        return [this](bool) { return statusReply(); };
    if (parts[2] != "network")
        return refuse(404);
    if (parts.size() == 3)
        return networksAnswer(request);
    const quint64 network = parts[3].size() == 16 ? hexNumber(parts[3]) : 0;
    if (!m_api.store().findOrNull(network))
        return refuse(404);
    if (parts.size() == 4)
        return networkAnswer(request, network);
    if (parts[4] != "member" || parts.size() > 6 || (parts.size() == 6 && parts[5].size() != 10))
        return refuse(404);
    if (parts.size() == 6)
        return memberAnswer(request, network, parts[5].toLower());
    return isReading ? membersAnswer(network) : refuse(405);
}

HttpReply CentralApi::statusReply() const
{
    return jsonReply(ExactJson::Object{
        {"apiVersion", "4"},
        {"clock", m_api.now()},
        {"id", "central_status"},
        {"readOnlyMode", false},
        {"type", "CentralStatus"},
        {"user", ExactJson::Object{{"displayName", "Controller Double"},
                                   {"email", "double@example.org"},
                                   {"id", "00000000-0000-0000-0000-000000000000"},
                                   {"type", "User"}}},
        {"version", m_api.options().version},
    });
}

ExactJson CentralApi::networkJson(quint64 network, const QByteArray &record) const
{
    ExactJson whole = *readExactJson(record);
    ExactJson::Object &config = *whole.objectOrNull();
    const ExactJson description = textOr(taken(config, "description"), "");
    const ExactJson rulesSource = taken(config, "rulesSource");
    for (const char *key : {"nwid", "objtype", "revision", "authorizationEndpoint", "clientId", "remoteTraceLevel",
                            "remoteTraceTarget", "ssoEnabled"})
        config.erase(key);
    quint64 total = 0;
    quint64 authorized = 0;
    if (const auto *stored = m_api.store().findOrNull(network)) {
        config["lastModified"] = stored->changed;
        total = stored->members.size();
        authorized = stored->members.authorized();
    }
    return ExactJson::Object{
        {"authorizedMemberCount", authorized},
        {"clock", m_api.now()},
        {"config", config},
        {"description", description},
        {"id", networkIdText(network)},
        {"onlineMemberCount", quint64(m_api.peers().size())},
        {"ownerId", "00000000-0000-0000-0000-000000000000"},
        {"rulesSource", rulesSource},
        {"totalMemberCount", total},
        {"type", "Network"},
    };
}

ExactJson CentralApi::memberJson(const QByteArray &record) const
{
    ExactJson whole = *readExactJson(record);
    ExactJson::Object &config = *whole.objectOrNull();
    const QByteArray node = coercedText(config["id"], {});
    const QByteArray network = coercedText(taken(config, "nwid"), {});
    config.erase("objtype");
    const auto &peers = m_api.peers();
    const auto peer = std::find_if(peers.begin(), peers.end(),
                                   [&](const PeerRecord &p) { return p.node.toString().toUtf8() == node; });
    const bool isSeen = peer != peers.end() && !peer->physicalAddress.isEmpty();
    const qint64 lastSeen = !isSeen ? 0 : peer->lastReceive ? peer->lastReceive->milliseconds() : m_api.now();
    ExactJson::Object member{
        {"clientVersion", isSeen ? peer->version.toUtf8() : QByteArray()},
        {"clock", m_api.now()},
        {"controllerId", network.left(10)},
        {"id", network + '-' + node},
        {"lastOnline", lastSeen},
        {"lastSeen", lastSeen},
        {"networkId", network},
        {"nodeId", node},
        {"physicalAddress", isSeen ? ExactJson(ipOf(*peer)) : ExactJson()},
        {"type", "Member"},
    };
    member["name"] = textOr(taken(config, "name"), "");
    member["description"] = textOr(taken(config, "description"), "");
    const ExactJson hidden = taken(config, "hidden");
    member["hidden"] = coercedBool(hidden, false);
    member["config"] = std::move(whole);
    return member;
}

Answer CentralApi::networksAnswer(const HttpRequest &request)
{
    if (request.method == "POST")
        return networkPost(request, m_api.freeNetworkId());
    if (request.method != "GET")
        return refuse(405);
    return [this](bool) {
        ExactJson::Array all;
        for (const auto &[id, network] : m_api.store().all())
            all.push_back(networkJson(id, network.text));
        return jsonReply(all);
    };
}

Answer CentralApi::networkAnswer(const HttpRequest &request, quint64 network)
{
    if (request.method == "POST")
        return networkPost(request, network);
    if (request.method != "GET" && request.method != "DELETE")
        return refuse(405);
    return [this, network, isDelete = request.method == "DELETE"](bool isKept) {
        const auto *stored = m_api.store().findOrNull(network);
        if (!stored)
            return refuse(404)(true);
        if (!isDelete)
            return jsonReply(networkJson(network, stored->text));
        if (isKept)
            m_api.store().erase(network);
        return HttpReply{200};
    };
}

Answer CentralApi::networkPost(const HttpRequest &request, quint64 network)
{
    const auto body = readExactJson(request.body);
    if (!body || !body->objectOrNull())
        return refuse(400);
    ExactJson draft = m_api.store().draft(network, m_api.now());
    postToNetwork(draft, configOf(*body));
    for (const char *key : {"description", "rulesSource"}) {
        if (const ExactJson *sent = body->findOrNull(key))
            draft[key] = coercedText(*sent, {});
    }
    return [this, network, draft = std::move(draft)](bool isKept) {
        return jsonReply(networkJson(network, m_api.store().save(network, draft, isKept, m_api.now())));
    };
}

Answer CentralApi::membersAnswer(quint64 network)
{
    return [this, network](bool) {
        ExactJson::Array all;
        if (const auto *stored = m_api.store().findOrNull(network)) {
            stored->members.forEach([&](const QByteArray &record) { all.push_back(memberJson(record)); });
        }
        return jsonReply(all);
    };
}

Answer CentralApi::memberPost(const HttpRequest &request, quint64 network, const QByteArray &node)
{
    const auto body = readExactJson(request.body);
    if (!body || !body->objectOrNull())
        return refuse(400);
    ExactJson draft = m_api.store().findOrNull(network)->members.draft(hexNumber(node), m_api.now());
    ExactJson config = configOf(*body);
    if (const ExactJson *name = body->findOrNull("name"))
        config["name"] = *name;
    if (!postToMember(draft, networkIdText(network), node, config, m_api.now()))
        return refuse(400);
    if (const ExactJson *sent = body->findOrNull("description"))
        draft["description"] = coercedText(*sent, {});
    if (const ExactJson *sent = body->findOrNull("hidden"))
        draft["hidden"] = coercedBool(*sent, false);
    return [this, network, node, draft = std::move(draft)](bool isKept) {
        return jsonReply(memberJson(m_api.saveMember(network, hexNumber(node), draft, isKept)));
    };
}

Answer CentralApi::memberAnswer(const HttpRequest &request, quint64 network, const QByteArray &node)
{
    if (request.method == "POST")
        return memberPost(request, network, node);
    if (request.method != "GET" && request.method != "DELETE")
        return refuse(405);
    return [this, network, number = hexNumber(node), isDelete = request.method == "DELETE"](bool isKept) {
        auto *stored = m_api.store().findOrNull(network);
        const auto *member = stored ? stored->members.findOrNull(number) : nullptr;
        if (!member)
            return refuse(404)(true);
        if (!isDelete)
            return jsonReply(memberJson(member->text));
        if (isKept)
            stored->members.erase(number);
        return HttpReply{200};
    };
}

} // namespace interlock
