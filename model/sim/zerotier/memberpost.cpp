// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/memberpost.h"

#include "model/sim/zerotier/coercion.h"
#include "model/sim/zerotier/routetext.h"

#include <set>

namespace interlock {

namespace {

void postAuthorisation(ExactJson &member, const ExactJson &sent, qint64 now)
{
    const bool isAuthorized = coercedBool(sent, false);
    if (isAuthorized == coercedBool(member["authorized"], false))
        return;
    member["authorized"] = isAuthorized;
    member[isAuthorized ? "lastAuthorizedTime" : "lastDeauthorizedTime"] = now;
    if (isAuthorized) {
        member["lastAuthorizedCredentialType"] = "api";
        member["lastAuthorizedCredential"] = ExactJson();
    }
}

ExactJson::Array storedTags(const ExactJson::Array &sent)
{
    constexpr quint64 k32Bits = 0xffffffff;
    std::map<quint64, quint64> tags;
    for (const ExactJson &tag : sent) {
        const ExactJson::Array *pair = tag.arrayOrNull();
        if (pair && pair->size() == 2)
            tags[coercedUnsigned(pair->front(), 0) & k32Bits] = coercedUnsigned(pair->back(), 0) & k32Bits;
    }
    ExactJson::Array stored;
    for (const auto &[tag, value] : tags) {
        if (stored.size() < kKeptElements)
            stored.push_back(ExactJson::Array{tag, value});
    }
    return stored;
}

ExactJson::Array storedCapabilities(const ExactJson::Array &sent)
{
    std::set<quint64> capabilities;
    for (std::size_t i = 0; i < std::min(sent.size(), kKeptElements); ++i)
        capabilities.insert(coercedUnsigned(sent[i], 0));
    return {capabilities.begin(), capabilities.end()};
}

} // namespace

ExactJson newMember(qint64 now)
{
    return ExactJson::Object{
        {"activeBridge", false},
        {"authenticationExpiryTime", 0},
        {"authorized", false},
        {"capabilities", ExactJson::Array()},
        {"creationTime", now},
        {"ipAssignments", ExactJson::Array()},
        {"lastAuthorizedCredential", ExactJson()},
        {"lastAuthorizedCredentialType", ExactJson()},
        {"lastAuthorizedTime", 0},
        {"lastDeauthorizedTime", 0},
        {"noAutoAssignIps", false},
        {"objtype", "member"},
        {"remoteTraceLevel", 0},
        {"remoteTraceTarget", ExactJson()},
        {"revision", 0},
        {"ssoExempt", false},
        {"tags", ExactJson::Array()},
        {"vMajor", -1},
        {"vMinor", -1},
        {"vProto", -1},
        {"vRev", -1},
    };
}

tl::expected<void, QByteArray> postToMember(ExactJson &member, const QByteArray &network, const QByteArray &node,
                                            const ExactJson &body, qint64 now)
{
    for (const char *key : {"activeBridge", "noAutoAssignIps"}) {
        if (const ExactJson *sent = body.findOrNull(key))
            member[key] = coercedBool(*sent, false);
    }
    for (const char *key : {"authenticationExpiryTime", "remoteTraceLevel"}) {
        if (const ExactJson *sent = body.findOrNull(key))
            member[key] = coercedUnsigned(*sent, 0);
    }
    for (const char *key : {"authenticationURL", "name"}) {
        if (const ExactJson *sent = body.findOrNull(key))
            member[key] = coercedText(*sent, {});
    }
    if (const ExactJson *sent = body.findOrNull("remoteTraceTarget")) {
        const QByteArray target = coercedText(*sent, {});
        member["remoteTraceTarget"] = target.size() == 10 ? ExactJson(target) : ExactJson();
    }
    if (const ExactJson *sent = body.findOrNull("authorized"))
        postAuthorisation(member, *sent, now);
    if (const ExactJson *sent = body.findOrNull("ipAssignments"); sent && sent->arrayOrNull()) {
        StoredAddresses stored = storedAddresses(*sent->arrayOrNull());
        if (stored.badTypeOrNull)
            return tl::unexpected<QByteArray>(
                QByteArray("[json.exception.type_error.302] type must be string, but is ") + stored.badTypeOrNull);
        member["ipAssignments"] = std::move(stored.addresses);
    }
    if (const ExactJson *sent = body.findOrNull("tags"); sent && sent->arrayOrNull())
        member["tags"] = storedTags(*sent->arrayOrNull());
    if (const ExactJson *sent = body.findOrNull("capabilities"); sent && sent->arrayOrNull())
        member["capabilities"] = storedCapabilities(*sent->arrayOrNull());
    member["id"] = node;
    member["address"] = node;
    member["nwid"] = network;
    return {};
}

} // namespace interlock
