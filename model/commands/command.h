// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/commands/devicecommands.h"
#include "model/commands/divisioncommands.h"
#include "model/commands/networkcommands.h"
#include "model/rules/rows.h"
#include "model/values/id.h"

#include <QJsonObject>

#include <optional>
#include <variant>
#include <vector>

namespace interlock {

// Everything that an operator, a script or the engine can ask of the rows. A command says what is wanted; the rules
// decide, and the store writes what they decided in one transaction with one journal entry.
// `confirmed` answers a refusal of kind Conflict whose payload `confirm` lists what is to be confirmed.

struct AddInstance
{
    InstanceRow instance;      ///< createdAt and version are set by the store
    std::vector<Prefix> pools; ///< in the order in which they are used; at least one
    bool moveClaims = false;
    std::vector<Confirmation> confirmed = {};
};
/// Changes what is present; `pools` replaces all of them.
struct SetInstance
{
    InstanceName name;
    std::optional<QString> management = {};
    std::optional<Prefix> network = {};
    std::optional<Address> serverAddress = {};
    std::optional<std::optional<Address>> publicAddress = {}; ///< none in it: it has no longer any
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
    std::vector<Confirmation> confirmed = {};
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
    std::vector<Confirmation> confirmed = {};
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
    std::vector<Confirmation> confirmed = {};
};

/// Of the engine that owns `instance`: blocks in quarantine that a live session still has, or was pushed a route to.
/// They are kept back for as long again as a quarantine lasts, an hour at least; what is no longer in quarantine, or
/// is kept for long yet, stays as it is. \source SEMANTICS.md 2
struct ProlongQuarantine
{
    InstanceName instance;
    std::vector<Prefix> carveOuts;
};

struct SetSetting
{
    QString name;
    QString value; ///< empty: back to the default
};

struct SetTenant
{
    QString tenant;
    QString description;
};
/// Refused while subnets or addresses are in it.
struct RemoveTenant
{
    QString tenant;
};

/// Stores a subnet; where it lies in the tree follows from its prefix. A tenant exists from its first mention.
struct AddSubnet
{
    SubnetRow subnet;                 ///< createdAt and version are set by the store
    bool isRoot = false;              ///< refused unless nothing contains it and nothing lies in it
    std::optional<Prefix> under = {}; ///< refused unless this one becomes its direct parent
    int reserveFirst = 0;             ///< so many usable addresses from the lowest are kept back
    int reserveLast = 0;              ///< and so many from the highest
};
/// Stores the lowest free prefixes of `length` in `parent`, all or none. \source SOURCES Z7
struct AllocateSubnets
{
    QString parentTenant;
    Prefix parent;
    int length = 0;
    int count = 1;
    SubnetRow like; ///< tenant (which may be another one's only in a shared parent), name, role... of the new ones
    int reserveFirst = 0;
    int reserveLast = 0;
};
/// Changes what is present.
struct SetSubnet
{
    QString tenant;
    Prefix prefix;
    std::optional<QString> name = {};
    std::optional<SubnetRole> role = {};
    std::optional<QString> description = {};
    std::optional<QString> tags = {};
    std::optional<QString> custom = {};
};
/// Puts the parts of `length` in the place of the subnet, each with all that was written about it. Parts that are
/// stored already, or that lie in a stored child, are left out.
struct SplitSubnet
{
    QString tenant;
    Prefix prefix;
    int length = 0;
    bool keepParent = false; ///< the subnet stays as the container of its parts
};
/// Puts the prefix that is exactly `prefixes` in their place.
struct MergeSubnets
{
    QString tenant;
    std::vector<Prefix> prefixes;
};
/// Gives the subnet another length at the same first address (for a shorter one, at the prefix that contains it).
struct ResizeSubnet
{
    QString tenant;
    Prefix prefix;
    int length = 0;
};
/// Re-addresses the subnet, what is stored in it, and every address in it.
struct MoveSubnet
{
    QString tenant;
    Prefix prefix;
    Prefix to;                            ///< of the same length
    std::optional<QString> toTenant = {}; ///< the same tenant when absent
};
/// Addresses go with the subnet that they are in; children stay and move up unless `withChildren`.
struct RemoveSubnet
{
    QString tenant;
    Prefix prefix;
    bool withChildren = false;
};

/// Takes free addresses of a subnet, all or none; never one that is in a child of it. \source SOURCES Z8
struct RequestAddress
{
    QString tenant;
    Prefix subnet;
    QString holder;
    QString description = {};
    AddressChoice choice = AddressChoice::Lowest;
    quint64 seed = 0; ///< of the random choice: the caller's, so that deciding stays pure
    int count = 1;
};
/// Takes exactly this address. One that is reserved or waits may be taken so.
struct AddAddress
{
    QString tenant;
    Address address;
    AddressState state = AddressState::Used; ///< used or reserved
    QString holder;
    QString description = {};
    QString tags = {};
    QString custom = {};
    std::optional<Prefix> subnet = {}; ///< refused when the address is not in this one
};
/// Changes what is present.
struct SetAddress
{
    QString tenant;
    Address address;
    std::optional<QString> holder = {};
    std::optional<QString> description = {};
    std::optional<QString> tags = {};
    std::optional<QString> custom = {};
};
/// The address waits for the quarantine (setting `addressQuarantineHours`, none by default) before it is free.
struct ReleaseAddress
{
    QString tenant;
    Address address;
    bool now = false; ///< without waiting
};

/// Rows of an import. All or nothing; payload `errors` of a refusal has one object {table, row, kind, message} for each
/// row that is refused, where `row` is the position in its vector.
struct ImportSubnets
{
    std::vector<SubnetRow> subnets;
    std::vector<AddressRow> addresses;
    bool keepExisting = true;   ///< what is stored already stays as it is; otherwise it is an error
    bool createTenants = false; ///< otherwise an unknown tenant is an error
};

/// Takes back one journal entry. \source DESIGN.md 4
struct Revert
{
    JournalId entry;
    std::vector<Confirmation> confirmed = {};
};

using Command =
    std::variant<AddInstance, SetInstance, RemoveInstance, SetConnector, RenameConnector, RemoveConnector, SetOption,
                 ClearOptions, ReplaceIroutes, SetAllocation, RequestAllocation, ReleaseAllocation, ResolveClaim,
                 ReleaseClaim, ReassignClaim, StandInClaim, ExcludePrefix, UnexcludePrefix, DecideConnect, ImportCcd,
                 SetSetting, Revert, SetTenant, RemoveTenant, AddSubnet, AllocateSubnets, SetSubnet, SplitSubnet,
                 MergeSubnets, ResizeSubnet, MoveSubnet, RemoveSubnet, RequestAddress, AddAddress, SetAddress,
                 ReleaseAddress, ImportSubnets, ProlongQuarantine, AddController, SetController, RemoveController,
                 AddNetwork, SetNetwork, RemoveNetwork, RecordApply, SetMembers, AssignMember, AdoptMembers, AddDevice,
                 SetDevice, RemoveDevice, ProvisionDevice, SetGroup, RemoveGroup, SetTemplate, RemoveTemplate,
                 SetVariables, AddDivisionRule, SetDivisionRule, RemoveDivisionRule>;

/// The stable name that the journal shows, such as "replaceIroutes".
[[nodiscard]] QString commandName(const Command &command);

/// The command's arguments as the journal keeps them.
[[nodiscard]] QJsonObject commandArguments(const Command &command);

} // namespace interlock
