// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"
#include "model/values/id.h"

#include <QJsonObject>

#include <optional>
#include <variant>
#include <vector>

namespace interlock {

// Everything that an operator, a script or the engine can ask of the rows. A command says what is wanted; the rules
// decide, and the store writes what they decided in one transaction with one journal entry.

struct AddInstance
{
    InstanceRow instance;      ///< createdAt and version are set by the store
    std::vector<Prefix> pools; ///< in the order in which they are used; at least one
    bool moveClaims = false;
};
/// Changes what is present; `pools` replaces all of them.
struct SetInstance
{
    InstanceName name;
    std::optional<QString> management = {};
    std::optional<Prefix> network = {};
    std::optional<Address> serverAddress = {};
    std::optional<DeviceMode> mode = {};
    std::optional<QString> passwordFile = {};
    std::optional<int> blockLength = {};
    std::optional<int> blockLength6 = {};
    std::optional<CollisionPolicy> collision = {};
    std::optional<Prefix> standinRange = {};
    std::optional<UnknownCnPolicy> unknownCn = {};
    std::optional<bool> autoAllocate = {};
    std::optional<MoveLivePolicy> moveLive = {};
    std::optional<StoreDownPolicy> whenStoreDown = {};
    std::optional<QString> tenant = {};
    std::optional<std::vector<Prefix>> pools = {};
    bool moveClaims = false;      ///< claims that a new pool overlaps get a (new) stand-in
    bool dropAllocations = false; ///< allocations that no pool holds any more end
};
/// Refused while claims or allocations hang on it.
struct RemoveInstance
{
    InstanceName name;
};

/// Creates the connector when there is none.
struct SetConnector
{
    CommonName cn;
    std::optional<Translation> translation = {};
    std::optional<QString> group = {};
    std::optional<QString> description = {};
};
struct RenameConnector
{
    CommonName from;
    CommonName to;
};
/// Iroutes, allocations, options and claims go with it. MACs are live facts and go by ApplyMac.
struct RemoveConnector
{
    CommonName cn;
};

/// Types that allow one value only (redirect-gateway, ping, ...) are replaced, others are added to.
struct SetOption
{
    OptionScope scope = OptionScope::Cn;
    QString holder;
    OptionType type = OptionType::Route;
    QString value;
};
/// Without a type all options of the holder go, without a value all of the type.
struct ClearOptions
{
    OptionScope scope = OptionScope::Cn;
    QString holder;
    std::optional<OptionType> type = {};
    std::optional<QString> value = {};
};

/// Afterwards the LANs of `cn` are exactly `prefixes`. \source SOURCES S2
struct ReplaceIroutes
{
    CommonName cn;
    std::vector<Prefix> prefixes;
};

struct SetAllocation
{
    CommonName cn;
    InstanceName instance;
    Address address;
};
struct RequestAllocation
{
    CommonName cn;
    InstanceName instance;
};
struct ReleaseAllocation
{
    CommonName cn;
    std::optional<InstanceName> instance = {};
};

struct ResolveClaim
{
    CommonName cn;
    Prefix real;
    InstanceName instance;
};
struct ReleaseClaim
{
    CommonName cn;
    Prefix real;
};
struct ReassignClaim
{
    Prefix real;
    CommonName to;
    std::optional<InstanceName> instance = {}; ///< for a claim that has to be made
};
struct StandInClaim
{
    CommonName cn;
    Prefix real;
    std::optional<Prefix> wanted = {};
};
struct ExcludePrefix
{
    Prefix prefix;
    QString note;
};
struct UnexcludePrefix
{
    Prefix prefix;
};

/// What a connect of `cn` is answered with; claims its LANs, and allocates an address where the policy says so.
struct DecideConnect
{
    CommonName cn;
    InstanceName instance;
};

/// One file of a client-config-dir, as far as it was understood.
struct CcdEntry
{
    CommonName cn;
    std::optional<Address> address = {};
    std::optional<Address> address6 = {};
    std::vector<Prefix> iroutes = {};
    std::vector<std::pair<OptionType, QString>> options = {};
};
/// All or nothing: replaces the iroutes, addresses and CN options of every CN it names.
struct ImportCcd
{
    InstanceName instance;
    std::vector<CcdEntry> entries;
};

struct SetSetting
{
    QString name;
    QString value; ///< empty: back to the default
};

/// Takes back one journal entry. \source DESIGN.md 4
struct Revert
{
    JournalId entry;
};

using Command = std::variant<AddInstance, SetInstance, RemoveInstance, SetConnector, RenameConnector, RemoveConnector,
                             SetOption, ClearOptions, ReplaceIroutes, SetAllocation, RequestAllocation,
                             ReleaseAllocation, ResolveClaim, ReleaseClaim, ReassignClaim, StandInClaim, ExcludePrefix,
                             UnexcludePrefix, DecideConnect, ImportCcd, SetSetting, Revert>;

/// The stable name that the journal shows, such as "replaceIroutes".
[[nodiscard]] QString commandName(const Command &command);

/// The command's arguments as the journal keeps them.
[[nodiscard]] QJsonObject commandArguments(const Command &command);

} // namespace interlock
