// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/link/zerotier/controllerdialect.h"
#include "model/link/zerotier/jsonreading.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

tl::unexpected<Error> mismatch(const QString &detail)
{
    return fail(ErrorKind::BackendMismatch, detail);
}

Expected<ControllerIdentity> readCentral(const QJsonObject &said)
{
    if (said.contains(u"address"_s))
        return mismatch(u"a self-hosted controller answers there, not ZeroTier Central: choose the flavour "
                        "self-hosted"_s);
    if (said.value(u"id"_s).toString() != u"central_status"_s)
        return mismatch(u"that is not ZeroTier Central: its address is https://api.zerotier.com/api/v1"_s);
    // The status is there for everybody; who asks is told only to those whose token is good.
    if (said.contains(u"user"_s) && !said.value(u"user"_s).isObject())
        return fail(ErrorKind::BackendRefused,
                    u"ZeroTier Central does not know the token: make a new one in the account settings there"_s);
    return ControllerIdentity{ControllerFlavour::Central, std::nullopt, said.value(u"version"_s).toString(),
                              integerIn(said.value(u"clock"_s)).value_or(0)};
}

} // namespace

Expected<ControllerIdentity> ControllerDialect::readStatus(const QByteArray &body) const
{
    const auto said = readControllerObject(body);
    if (!said)
        return mismatch(u"that is not a ZeroTier controller: its status is no JSON object"_s);
    if (isCentral())
        return readCentral(*said);
    if (said->value(u"id"_s).toString() == u"central_status"_s)
        return mismatch(u"that is ZeroTier Central, not a self-hosted controller: choose the flavour Central"_s);
    const auto node = NodeId::parse(said->value(u"address"_s).toString());
    if (!node)
        return mismatch(u"that is not a ZeroTier controller: its status names no address of a node"_s);
    return ControllerIdentity{ControllerFlavour::SelfHosted, *node, said->value(u"version"_s).toString(),
                              integerIn(said->value(u"clock"_s)).value_or(0)};
}

Expected<void> ControllerDialect::readController(const QByteArray &body)
{
    const auto said = readControllerObject(body);
    if (!said)
        return fail(said.error());
    if (!said->value(u"controller"_s).toBool())
        return mismatch(u"this zerotier-one is no network controller"_s);
    if (!said->value(u"databaseReady"_s).toBool(true))
        return fail(ErrorKind::BackendUnavailable,
                    u"the controller is not ready yet, it is loading its networks: try again in a moment"_s);
    return {};
}

} // namespace interlock
