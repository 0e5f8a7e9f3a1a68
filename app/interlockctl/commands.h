// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/commandtree.h"

namespace interlock {

// Each adds one group of resources/help/cli.md to the tree.
void addStoreCommands(CommandTree &tree);
void addInstanceCommands(CommandTree &tree);
/// `instance check` and `instance config`, a part of the group instance.
void addInstanceCheck(CommandTree &tree, CLI::App &group);
void addConnectorCommands(CommandTree &tree);
void addOptionCommands(CommandTree &tree);
void addIrouteCommands(CommandTree &tree);
void addAllocationCommands(CommandTree &tree);
void addClaimCommands(CommandTree &tree);
/// `claim free`, a part of the group claim.
void addClaimFree(CommandTree &tree, CLI::App &group);
void addMacCommands(CommandTree &tree);
void addBlockCommands(CommandTree &tree);
void addVisibleCommand(CommandTree &tree);
void addDecideCommand(CommandTree &tree);
void addNatCommands(CommandTree &tree);
/// `nat reconcile`, a part of the group nat.
void addNatReconcile(CommandTree &tree, CLI::App &group);
void addCcdCommands(CommandTree &tree);
void addSessionCommands(CommandTree &tree);
/// What is asked of the owner of an instance: a part of the group session.
void addSessionOrders(CommandTree &tree, CLI::App &group);
/// `session reconnect`, a part of the group session.
void addSessionReconnect(CommandTree &tree, CLI::App &group);
void addSubnetCommands(CommandTree &tree);
/// `subnet list`, `tree`, `show` and `find`, a part of the group subnet.
void addSubnetLists(CommandTree &tree, CLI::App &group);
/// `subnet free`, `allocate`, `split`, `merge` and `resize`, a part of the group subnet.
void addSubnetParts(CommandTree &tree, CLI::App &group);
/// `subnet import` and `export`, a part of the group subnet.
void addSubnetFiles(CommandTree &tree, CLI::App &group);
void addAddressCommands(CommandTree &tree);
void addZtCommands(CommandTree &tree);
/// `zt controller`, `zt network` and so on: parts of the group zt.
void addZtControllers(CommandTree &tree, CLI::App &zt);
void addZtNetworks(CommandTree &tree, CLI::App &zt);
void addZtRoutes(CommandTree &tree, CLI::App &zt);
void addZtMembers(CommandTree &tree, CLI::App &zt);
void addZtSnapshots(CommandTree &tree, CLI::App &zt);
void addDeviceCommands(CommandTree &tree);
void addDivisionCommands(CommandTree &tree);
/// `device render`, a part of the group device.
void addDeviceRendering(CommandTree &tree, CLI::App &group);
void addGroupCommands(CommandTree &tree);
void addTemplateCommands(CommandTree &tree);
void addVariableCommands(CommandTree &tree);
void addJournalCommands(CommandTree &tree);
void addSearchCommand(CommandTree &tree);
void addHelpCommand(CommandTree &tree);

} // namespace interlock
