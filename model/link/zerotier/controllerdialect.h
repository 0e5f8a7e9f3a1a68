// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/link/zerotier/controllerrequest.h"
#include "model/values/memberrecord.h"
#include "model/values/networkrecord.h"

#include <QJsonObject>

#include <map>
#include <vector>

namespace interlock {

/// Where things are at a controller of one flavour, and how they are written and read. Pure: may be used on any thread.
class ControllerDialect
{
public:
    explicit ControllerDialect(ControllerFlavour flavour) : m_flavour(flavour) {}

    [[nodiscard]] bool isCentral() const { return m_flavour == ControllerFlavour::Central; }

    [[nodiscard]] ControllerRequest getStatus() const;
    [[nodiscard]] ControllerRequest getController() const; ///< self-hosted only
    [[nodiscard]] ControllerRequest getPeers() const;      ///< self-hosted only
    [[nodiscard]] ControllerRequest getNetworks() const;
    [[nodiscard]] ControllerRequest getNetwork(const NetworkId &id) const;
    [[nodiscard]] ControllerRequest postNewNetwork(const NetworkEdit &edit) const; ///< Central only: it chooses the id
    [[nodiscard]] ControllerRequest postNetwork(const NetworkId &id, const NetworkEdit &edit) const;
    [[nodiscard]] ControllerRequest postSavedNetwork(const NetworkId &id, const QJsonObject &raw) const;
    [[nodiscard]] ControllerRequest deleteNetwork(const NetworkId &id) const;
    /// All members in one answer. Self-hosted, it is a path that may be missing (FACTS 44).
    [[nodiscard]] ControllerRequest getMembers(const NetworkId &id) const;
    /// Ids and revisions only; of Central, the same as getMembers().
    [[nodiscard]] ControllerRequest getMemberList(const NetworkId &id) const;
    [[nodiscard]] ControllerRequest getMember(const NetworkId &id, const NodeId &node) const;
    [[nodiscard]] ControllerRequest postMember(const NetworkId &id, const NodeId &node, const MemberEdit &edit) const;
    [[nodiscard]] ControllerRequest postSavedMember(const NetworkId &id, const NodeId &node,
                                                    const QJsonObject &raw) const;
    [[nodiscard]] ControllerRequest deleteMember(const NetworkId &id, const NodeId &node) const;

    /// What /status says. \returns BackendMismatch when it is no controller or one of the other flavour; BackendRefused
    [[nodiscard]] Expected<ControllerIdentity> readStatus(const QByteArray &body) const;
    /// What /controller says. \returns BackendMismatch; BackendUnavailable while its database is not loaded
    [[nodiscard]] static Expected<void> readController(const QByteArray &body);
    /// \returns BackendMismatch, also when it is a network that was not asked for
    [[nodiscard]] Expected<NetworkRecord> readNetwork(const QByteArray &body, const std::optional<NetworkId> &id) const;
    [[nodiscard]] static Expected<std::vector<NetworkId>> readNetworks(const QByteArray &body);
    [[nodiscard]] Expected<std::vector<MemberRecord>> readMembers(const QByteArray &body) const;
    [[nodiscard]] Expected<std::map<NodeId, qint64>> readMemberRevisions(const QByteArray &body) const;
    [[nodiscard]] Expected<MemberRecord> readMember(const QByteArray &body, const NodeId &node) const;
    [[nodiscard]] static Expected<std::vector<PeerRecord>> readPeers(const QByteArray &body);

private:
    [[nodiscard]] QString networksPath() const;
    [[nodiscard]] ControllerRequest onNetwork(ControllerRequest::Verb verb, const NetworkId &id,
                                              const QJsonObject &body = {}) const;
    [[nodiscard]] ControllerRequest onMember(ControllerRequest::Verb verb, const NetworkId &id, const NodeId &node,
                                             const QJsonObject &body = {}) const;

    ControllerFlavour m_flavour;
};

} // namespace interlock
