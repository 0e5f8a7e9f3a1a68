// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/networkpost.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/routetext.h"

#include <QByteArrayList>

#include <algorithm>

namespace interlock {

namespace {

ExactJson assignModes6(bool isPool, bool isRfc4193, bool isSixPlane)
{
    return ExactJson::Object{{"6plane", isSixPlane}, {"rfc4193", isRfc4193}, {"zt", isPool}};
}

ExactJson assignMode4(const ExactJson &sent)
{
    bool isOn = false;
    if (const QByteArray *text = sent.textOrNull())
        isOn = *text == "zt";
    else if (const ExactJson *zt = sent.findOrNull("zt"))
        isOn = coercedBool(*zt, false);
    return ExactJson::Object{{"zt", isOn}};
}

ExactJson assignMode6(const ExactJson &sent)
{
    if (const QByteArray *text = sent.textOrNull()) {
        const QByteArrayList names = text->split(',');
        return assignModes6(names.contains("zt"), names.contains("rfc4193"), names.contains("6plane"));
    }
    if (!sent.objectOrNull())
        return assignModes6(false, false, false);
    ExactJson::Object modes; // what is not named in it is gone
    for (const char *name : {"6plane", "rfc4193", "zt"}) {
        if (const ExactJson *mode = sent.findOrNull(name))
            modes[name] = coercedBool(*mode, false);
    }
    return modes;
}

bool isKnownMatch(const QByteArray &type)
{
    static const QByteArrayList kMatches{"SOURCE_ZEROTIER_ADDRESS",
                                         "DEST_ZEROTIER_ADDRESS",
                                         "VLAN_ID",
                                         "VLAN_PCP",
                                         "VLAN_DEI",
                                         "MAC_SOURCE",
                                         "MAC_DEST",
                                         "IPV4_SOURCE",
                                         "IPV4_DEST",
                                         "IPV6_SOURCE",
                                         "IPV6_DEST",
                                         "IP_TOS",
                                         "IP_PROTOCOL",
                                         "ETHERTYPE",
                                         "ICMP",
                                         "IP_SOURCE_PORT_RANGE",
                                         "IP_DEST_PORT_RANGE",
                                         "CHARACTERISTICS",
                                         "FRAME_SIZE_RANGE",
                                         "RANDOM",
                                         "TAGS_DIFFERENCE",
                                         "TAGS_BITWISE_AND",
                                         "TAGS_BITWISE_OR",
                                         "TAGS_BITWISE_XOR",
                                         "TAGS_EQUAL",
                                         "TAG_SENDER",
                                         "TAG_RECEIVER",
                                         "INTEGER_RANGE"};
    return type.startsWith("MATCH_") && kMatches.contains(type.mid(6));
}

bool isKnownAction(const QByteArray &type)
{
    static const QByteArrayList kActions{"DROP", "ACCEPT", "TEE", "WATCH", "REDIRECT", "BREAK", "PRIORITY"};
    return type.startsWith("ACTION_") && kActions.contains(type.mid(7));
}

ExactJson::Array storedRules(const ExactJson::Array &sent)
{
    ExactJson::Array stored;
    for (const ExactJson &rule : sent) {
        const ExactJson *typeField = rule.findOrNull("type");
        const QByteArray type = typeField ? coercedText(*typeField, {}) : QByteArray();
        if (stored.size() >= kKeptElements || (!isKnownAction(type) && !isKnownMatch(type)))
            continue;
        ExactJson::Object kept = *rule.objectOrNull();
        kept["type"] = type;
        if (isKnownMatch(type)) {
            kept["not"] = coercedBool(kept["not"], false);
            kept["or"] = coercedBool(kept["or"], false);
        } else {
            kept.erase("not");
            kept.erase("or");
        }
        stored.push_back(std::move(kept));
    }
    return stored;
}

ExactJson storedTokens(const ExactJson &sent)
{
    const ExactJson::Object *tokens = sent.objectOrNull();
    if (!tokens)
        return ExactJson::Array{ExactJson()};
    ExactJson stored; // null when nothing is left
    for (const auto &[token, expiry] : *tokens) {
        if (expiry.isNumber() && !expiry.isNegative())
            stored[token] = expiry;
    }
    return stored;
}

/// Tags or capabilities: sorted by id, the last of an id wins.
ExactJson::Array storedById(const ExactJson::Array &sent, bool isTags)
{
    std::map<quint64, ExactJson> byId;
    for (const ExactJson &element : sent) {
        if (!element.objectOrNull())
            continue;
        const ExactJson *id = element.findOrNull("id");
        const ExactJson *standard = element.findOrNull("default");
        const ExactJson *rules = element.findOrNull("rules");
        const quint64 number = id ? coercedUnsigned(*id, 0) : 0;
        ExactJson::Object kept{{"id", number}};
        if (!isTags) {
            kept["default"] = standard && coercedBool(*standard, false);
            kept["rules"] = rules && rules->arrayOrNull() ? storedRules(*rules->arrayOrNull()) : ExactJson::Array();
        } else {
            kept["default"] = standard && !standard->isNull() ? ExactJson(coercedUnsigned(*standard, 0)) : ExactJson();
        }
        byId[number] = std::move(kept);
    }
    ExactJson::Array stored;
    for (auto &[id, element] : byId) {
        if (stored.size() < kKeptElements)
            stored.push_back(std::move(element));
    }
    return stored;
}

ExactJson storedDns(const ExactJson &sent)
{
    ExactJson stored;
    const ExactJson *domain = sent.findOrNull("domain");
    stored["domain"] = domain ? *domain : ExactJson();
    const ExactJson *servers = sent.findOrNull("servers");
    if (servers && servers->arrayOrNull())
        stored["servers"] = *servers;
    return stored;
}

void postScalars(ExactJson &network, const ExactJson &body)
{
    if (const ExactJson *sent = body.findOrNull("name"))
        network["name"] = coercedText(*sent, {});
    if (const ExactJson *sent = body.findOrNull("private"))
        network["private"] = coercedBool(*sent, true);
    if (const ExactJson *sent = body.findOrNull("enableBroadcast"))
        network["enableBroadcast"] = coercedBool(*sent, false);
    if (const ExactJson *sent = body.findOrNull("multicastLimit"))
        network["multicastLimit"] = coercedUnsigned(*sent, 32);
    if (const ExactJson *sent = body.findOrNull("mtu"))
        network["mtu"] = quint64(std::clamp(static_cast<quint32>(coercedUnsigned(*sent, 2800)), 1280U, 10000U));
    if (const ExactJson *sent = body.findOrNull("remoteTraceTarget")) {
        const QByteArray target = coercedText(*sent, {});
        network["remoteTraceTarget"] = target.size() == 10 ? ExactJson(target) : ExactJson();
    }
    if (const ExactJson *sent = body.findOrNull("remoteTraceLevel"))
        network["remoteTraceLevel"] = coercedUnsigned(*sent, 0);
}

} // namespace

ExactJson newNetwork(const QByteArray &id, qint64 now)
{
    return ExactJson::Object{
        {"authTokens", ExactJson::Array{ExactJson()}},
        {"authorizationEndpoint", ""},
        {"capabilities", ExactJson::Array()},
        {"clientId", ""},
        {"creationTime", now},
        {"dns", ExactJson::Array()},
        {"enableBroadcast", true},
        {"id", id},
        {"ipAssignmentPools", ExactJson::Array()},
        {"mtu", 2800},
        {"multicastLimit", 32},
        {"name", ""},
        {"nwid", id},
        {"objtype", "network"},
        {"private", true},
        {"remoteTraceLevel", 0},
        {"remoteTraceTarget", ExactJson()},
        {"routes", ExactJson::Array()},
        {"rules", ExactJson::Array{ExactJson::Object{{"not", false}, {"or", false}, {"type", "ACTION_ACCEPT"}}}},
        {"rulesSource", ""},
        {"ssoEnabled", false},
        {"tags", ExactJson::Array()},
        {"v4AssignMode", ExactJson::Object{{"zt", false}}},
        {"v6AssignMode", assignModes6(false, false, false)},
    };
}

void postToNetwork(ExactJson &network, const ExactJson &body)
{
    postScalars(network, body);
    if (const ExactJson *sent = body.findOrNull("v4AssignMode"))
        network["v4AssignMode"] = assignMode4(*sent);
    if (const ExactJson *sent = body.findOrNull("v6AssignMode"))
        network["v6AssignMode"] = assignMode6(*sent);
    if (const ExactJson *sent = body.findOrNull("routes"); sent && sent->arrayOrNull())
        network["routes"] = storedRoutes(*sent->arrayOrNull());
    if (const ExactJson *sent = body.findOrNull("ipAssignmentPools"); sent && sent->arrayOrNull())
        network["ipAssignmentPools"] = storedPools(*sent->arrayOrNull());
    if (const ExactJson *sent = body.findOrNull("rules"); sent && sent->arrayOrNull())
        network["rules"] = storedRules(*sent->arrayOrNull());
    if (const ExactJson *sent = body.findOrNull("authTokens"))
        network["authTokens"] = storedTokens(*sent);
    if (const ExactJson *sent = body.findOrNull("capabilities"); sent && sent->arrayOrNull())
        network["capabilities"] = storedById(*sent->arrayOrNull(), false);
    if (const ExactJson *sent = body.findOrNull("tags"); sent && sent->arrayOrNull())
        network["tags"] = storedById(*sent->arrayOrNull(), true);
    if (const ExactJson *sent = body.findOrNull("dns"); sent && sent->objectOrNull())
        network["dns"] = storedDns(*sent);
}

} // namespace interlock
