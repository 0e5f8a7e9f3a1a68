// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The parts of decide(), one function a command; used by decide.cpp only.

#include "model/commands/receipt.h"
#include "model/rules/topologyedit.h"

namespace interlock::parts {

/// Why an argument is refused. \returns Invalid with payload `field`
[[nodiscard]] inline tl::unexpected<Error> invalid(const QString &field, const QString &detail)
{
    return fail(ErrorKind::Invalid, detail, {{QStringLiteral("field"), field}});
}

[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddInstance &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetInstance &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveInstance &command, Timestamp now);

[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetConnector &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RenameConnector &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveConnector &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ReplaceIroutes &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetOption &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ClearOptions &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ImportCcd &command, Timestamp now);

[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetTenant &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveTenant &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AllocateSubnets &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SplitSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const MergeSubnets &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ResizeSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const MoveSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveSubnet &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RequestAddress &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddAddress &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetAddress &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ReleaseAddress &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ImportSubnets &command, Timestamp now);

[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddController &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetController &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveController &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddNetwork &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetNetwork &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveNetwork &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RecordApply &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetMembers &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AssignMember &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AdoptMembers &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddDevice &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetDevice &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveDevice &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const ProvisionDevice &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetGroup &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveGroup &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetTemplate &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveTemplate &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetVariables &command, Timestamp now);

[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const AddDivisionRule &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const SetDivisionRule &command, Timestamp now);
[[nodiscard]] Expected<Outcome> run(TopologyEdit &edit, const RemoveDivisionRule &command, Timestamp now);

/// What hangs on subnets and addresses that the edit took away or moved: members give up the address that is gone, and
/// follow one that moved with its subnet. \returns Conflict when a subnet went that a network or a division rule needs
[[nodiscard]] Expected<void> followTree(TopologyEdit &edit, const MoveSubnet *moved);

} // namespace interlock::parts
