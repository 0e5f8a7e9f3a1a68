// SPDX-License-Identifier: GPL-3.0-or-later
// What a controller says of its own node, and what its devices do to it.
#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/controllerapi.h"

#include <QByteArrayList>
#include <QCryptographicHash>
#include <QDateTime>

#include <algorithm>

namespace interlock {

namespace {

QByteArray madeUpIdentity(const QByteArray &node)
{
    const QByteArray hash = QCryptographicHash::hash(node, QCryptographicHash::Sha512).toHex();
    return node + ":0:" + hash;
}

ExactJson versionNumber(const QByteArray &version, int part)
{
    const QByteArrayList parts = version.split('.');
    return version.isEmpty() ? ExactJson(-1) : ExactJson(part < parts.size() ? parts[part].toInt() : 0);
}

/// \param lastReceive  milliseconds since 1970
ExactJson peerJson(const QByteArray &node, const PeerRecord *peerOrNull, qint64 lastReceive)
{
    const QByteArray version = peerOrNull ? peerOrNull->version.toUtf8() : QByteArray();
    ExactJson::Array paths;
    if (peerOrNull && !peerOrNull->physicalAddress.isEmpty()) {
        paths.push_back(ExactJson::Object{
            {"active", true},
            {"address", peerOrNull->physicalAddress.toUtf8()},
            {"expired", false},
            {"lastReceive", lastReceive},
            {"lastSend", lastReceive},
            {"localPort", 0},
            {"localSocket", qint64(94409114468704)},
            {"preferred", true},
            {"trustedPathId", 0},
        });
    }
    return ExactJson::Object{
        {"address", node},
        {"isBonded", false},
        {"latency", peerOrNull ? peerOrNull->latency : -1},
        {"paths", std::move(paths)},
        {"role", peerOrNull && peerOrNull->role.isEmpty() ? ExactJson("LEAF")
                 : peerOrNull                             ? ExactJson(peerOrNull->role.toUtf8())
                                                          : ExactJson("PLANET")},
        {"tunneled", false},
        {"version", version.isEmpty() ? QByteArray("-1.-1.-1") : version},
        {"versionMajor", versionNumber(version, 0)},
        {"versionMinor", versionNumber(version, 1)},
        {"versionRev", versionNumber(version, 2)},
    };
}

} // namespace

qint64 ControllerApi::now() const
{
    return m_options.clock ? m_options.clock() : QDateTime::currentMSecsSinceEpoch();
}

std::optional<HttpReply> ControllerApi::nodeReply(const QByteArray &path) const
{
    if (path == "/status")
        return HttpReply{200, statusText(), "application/json"};
    if (path == "/controller")
        return controllerReply();
    if (path == "/peer")
        return HttpReply{200, peersText(), "application/json"};
    if (path == "/metrics") // only that it is there and is no JSON was recorded; its lines are of no use to us
        return HttpReply{200, "# HELP zt_packet ZeroTier packet type counts\n# TYPE zt_packet counter\n", "text/plain"};
    return std::nullopt;
}

HttpReply ControllerApi::controllerReply() const
{
    const QByteArray ready = m_options.isReady ? "true" : "false";
    return {m_options.isReady ? 200 : 503,
            "{\n\t\"controller\": true,\n\t\"apiVersion\": 4,\n\t\"clock\": " + QByteArray::number(now()) +
                ",\n\t\"databaseReady\": " + ready + "\n}\n",
            "application/json"};
}

QByteArray ControllerApi::versionFields() const
{
    return "\"version\":" + jsonQuoted(m_options.version) +
           ",\"versionBuild\":0,\"versionMajor\":" + versionNumber(m_options.version, 0).toText() +
           ",\"versionMinor\":" + versionNumber(m_options.version, 1).toText() +
           ",\"versionRev\":" + versionNumber(m_options.version, 2).toText();
}

QByteArray ControllerApi::healthText() const
{
    return "{\"clock\":" + QByteArray::number(now()) + ",\"online\":" + (m_options.isOnline ? "true" : "false") + ',' +
           versionFields() + '}';
}

QByteArray ControllerApi::statusText() const
{
    const QByteArray node = m_options.node.toString().toUtf8();
    const quint16 port = m_options.shownPort != 0 ? m_options.shownPort : m_port;
    const QByteArray place = m_options.bind + '/' + QByteArray::number(port);
    const ExactJson settings = ExactJson::Object{
        {"allowManagementFrom", ExactJson::Array()},
        {"allowSecondaryPort", false},
        {"allowTcpFallbackRelay", false},
        {"bind", ExactJson::Array{m_options.bind}},
        {"forceTcpRelay", false},
        {"homeDir", "/var/lib/zerotier-one"},
        {"listeningOn", ExactJson::Array{place}},
        {"portMappingEnabled", false},
        {"primaryPort", int(port)},
        {"secondaryPort", 0},
        {"softwareUpdate", "disable"},
        {"softwareUpdateChannel", "release"},
        {"surfaceAddresses", m_options.isOnline ? ExactJson::Array{place} : ExactJson::Array()},
        {"tertiaryPort", 0},
    };
    const QByteArray identity = m_options.publicIdentity.isEmpty() ? madeUpIdentity(node) : m_options.publicIdentity;
    return "{\"address\":" + jsonQuoted(node) + ",\"clock\":" + QByteArray::number(now()) +
           ",\"config\":{\"settings\":" + settings.toText() +
           "},\"online\":" + (m_options.isOnline ? "true" : "false") +
           ",\"planetWorldId\":149604618,\"planetWorldTimestamp\":1644592324813,\"publicIdentity\":" +
           jsonQuoted(identity) + ",\"tcpFallbackActive\":false," + versionFields() + '}';
}

QByteArray ControllerApi::peersText() const
{
    std::map<QByteArray, ExactJson> peers;
    for (const char *root : {"62f865ae71", "778cde7190", "cafe04eba9", "cafe9efeb9"})
        peers[root] = peerJson(root, nullptr, 0);
    for (const PeerRecord &peer : m_peers) {
        const QByteArray node = peer.node.toString().toUtf8();
        peers[node] = peerJson(node, &peer, peer.lastReceive ? peer.lastReceive->milliseconds() : now());
    }
    ExactJson::Array all;
    for (auto &[node, peer] : peers)
        all.push_back(std::move(peer));
    return ExactJson(std::move(all)).toText();
}

bool ControllerApi::deviceAsks(quint64 network, quint64 node, const QByteArray &identity)
{
    auto *stored = m_store.findOrNull(network);
    if (!stored)
        return false;
    const QByteArray id = QByteArray::number(node, 16).rightJustified(10, '0');
    ExactJson member = stored->members.draft(node, now());
    if (!member.findOrNull("identity"))
        member["identity"] = identity.isEmpty() ? madeUpIdentity(id) : identity;
    member["id"] = id;
    member["address"] = id;
    member["nwid"] = networkIdText(network);
    const ExactJson record = m_store.draft(network, now());
    if (!coercedBool(member["authorized"], false) && !coercedBool(*record.findOrNull("private"), true)) {
        member["authorized"] = true;
        member["lastAuthorizedTime"] = now();
        member["lastAuthorizedCredentialType"] = "public";
        member["lastAuthorizedCredential"] = ExactJson();
    }
    if (coercedBool(member["authorized"], false)) {
        member["vMajor"] = versionNumber(m_options.version, 0);
        member["vMinor"] = versionNumber(m_options.version, 1);
        member["vRev"] = versionNumber(m_options.version, 2);
        member["vProto"] = 12;
    }
    stored->asking.insert(node);
    stored->members.save(node, std::move(member), true);
    return true;
}

void ControllerApi::devicesAskAgain()
{
    for (const auto &[network, node] : std::exchange(m_dueToAsk, {}))
        deviceAsks(network, node);
}

} // namespace interlock
