// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/rowtext.h"
#include "app/interlockctl/table.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ClaimArgs
{
    std::optional<CommonName> cn;
    std::optional<Prefix> prefix;
    std::optional<InstanceName> instance;
    std::optional<Prefix> wanted;
    std::optional<QString> note;
    bool onlyUnused = false;
    EditOptions edit;
};

void declareList(Arguments args, ClaimArgs &a)
{
    args.optional("CN", a.cn, "Only the claims of this connector");
    args.flag("--unused", a.onlyUnused, "Only claims whose LAN nobody declares any more; they still hold their place");
}

void declareResolve(Arguments args, ClaimArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.required("PREFIX", a.prefix, "The LAN as it really is");
    args.required("--instance", a.instance, "Whose policy and stand-in range decide", "NAME");
    args.edit(a.edit);
}

void declareRelease(Arguments args, ClaimArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.required("PREFIX", a.prefix, "The LAN as it really is");
    args.edit(a.edit);
}

void declareReassign(Arguments args, ClaimArgs &a)
{
    args.required("PREFIX", a.prefix, "The LAN as it really is");
    args.required("--to", a.cn, "Who keeps the real prefix from now on", "CN");
    args.optional("--instance", a.instance, "For a claim that has to be made", "NAME");
    args.edit(a.edit);
}

void declareStandIn(Arguments args, ClaimArgs &a)
{
    args.required("CN", a.cn, "Common name");
    args.required("PREFIX", a.prefix, "The LAN as it really is");
    args.optional("--virtual", a.wanted, "Exactly this stand-in (default: the lowest free one)", "P");
    args.edit(a.edit);
}

void declareExclude(Arguments args, ClaimArgs &a)
{
    args.required("PREFIX", a.prefix,
                  "No stand-in is taken from it, and no LAN that overlaps it keeps its real prefix");
    args.optional("--note", a.note, "Why, for the others", "TEXT");
    args.edit(a.edit);
}

void declareUnexclude(Arguments args, ClaimArgs &a)
{
    args.required("PREFIX", a.prefix, "An exclusion, exactly as it was made");
    args.edit(a.edit);
}

/// One claim in both forms, a row each.
struct ClaimList
{
    explicit ClaimList(const QString &whenEmpty)
        : table({u"CN"_s, u"REAL"_s, u"VIRTUAL"_s, u"KIND"_s, u"CARVE-OUT"_s, u"USED"_s, u"SINCE"_s}, whenEmpty)
    {
    }

    void add(const Topology &topology, const ClaimRow &row)
    {
        const QJsonObject object = claimJson(topology, row);
        rows.append(object);
        table.add({row.cn.toString(), row.real.toString(), row.virtualPrefix.toString(),
                   row.isSentinel() ? u"sentinel"_s : u"stand-in"_s, object.value(u"carveOut"_s).toString(),
                   yesNo(object.value(u"used"_s).toBool()), row.allocatedAt.toString()});
    }

    QJsonArray rows;
    Table table;
};

Expected<Answer> list(Session &session, const ClaimArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        if (a.cn) {
            if (const auto known = connectorIn(topology, *a.cn); !known)
                return fail(known.error());
        }
        ClaimList claims(a.onlyUnused ? u"No claim is unused."_s : u"There are no claims."_s);
        for (const ClaimRow &row : topology.rows<ClaimRow>()) {
            const bool isUsed = topology.find<IrouteRow>(row.cn, row.real) != nullptr;
            if ((!a.cn || row.cn == *a.cn) && !(a.onlyUnused && isUsed))
                claims.add(topology, row);
        }
        return Answer{{{u"claims"_s, claims.rows}}, claims.table.toString(), {}, 0};
    });
}

/// The claims of the receipt as they are shown everywhere.
Expected<ClaimList> claimsOf(Session &session, const Receipt &receipt)
{
    return session.look([&receipt](Topology &topology) {
        ClaimList claims(u"No claim is concerned."_s);
        for (const ClaimRow &row : rowsOf<ClaimRow>(receipt))
            claims.add(topology, row);
        return claims;
    });
}

Expected<Answer> answerClaim(Session &session, const ClaimArgs &a, Command command, const QString &done)
{
    const auto receipt = session.edit(std::move(command), a.edit);
    if (!receipt)
        return fail(receipt.error());
    return claimsOf(session, *receipt).map([&](const ClaimList &claims) {
        const auto rows = rowsOf<ClaimRow>(*receipt);
        const QString what = rows.empty() ? QString() : rowText(rows.front());
        Answer answer = editAnswer(a.edit, *receipt, claims.rows.first().toObject(), done.arg(what));
        if (!receipt->journal && !a.edit.isDryRun)
            answer.text = u"As before: %1."_s.arg(what);
        return answer;
    });
}

Expected<Answer> resolve(Session &session, const ClaimArgs &a)
{
    return answerClaim(session, a, ResolveClaim{*a.cn, *a.prefix, *a.instance}, u"Settled: %1."_s);
}

Expected<Answer> release(Session &session, const ClaimArgs &a)
{
    return answerClaim(session, a, ReleaseClaim{*a.cn, *a.prefix}, u"Released: %1."_s);
}

Expected<Answer> standIn(Session &session, const ClaimArgs &a)
{
    return answerClaim(session, a, StandInClaim{*a.cn, *a.prefix, a.wanted}, u"Settled: %1."_s);
}

Expected<Answer> reassign(Session &session, const ClaimArgs &a)
{
    const auto receipt = session.edit(ReassignClaim{*a.prefix, *a.cn, a.instance}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    return claimsOf(session, *receipt).map([&](const ClaimList &claims) {
        return editAnswer(
            a.edit, *receipt, {{u"claims"_s, claims.rows}},
            u"%1 keeps %2 now.\n%3"_s.arg(a.cn->toString(), a.prefix->toString(), claims.table.toString()));
    });
}

Expected<Answer> exclude(Session &session, const ClaimArgs &a)
{
    const auto receipt = session.edit(ExcludePrefix{*a.prefix, a.note.value_or(QString())}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    return claimsOf(session, *receipt).map([&](const ClaimList &claims) {
        const auto rows = rowsOf<ExclusionRow>(*receipt);
        QJsonObject object = rows.empty() ? QJsonObject() : rowJson(rows.front());
        object.insert(u"claims"_s, claims.rows);
        QString done = u"%1 is excluded."_s.arg(a.prefix->toString());
        if (!claims.rows.isEmpty())
            done += u" These claims overlap it and keep what they have:\n"_s + claims.table.toString();
        return editAnswer(a.edit, *receipt, object, done);
    });
}

Expected<Answer> unexclude(Session &session, const ClaimArgs &a)
{
    const auto receipt = session.edit(UnexcludePrefix{*a.prefix}, a.edit);
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<ExclusionRow>(*receipt);
    return editAnswer(a.edit, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()),
                      u"%1 is no longer excluded."_s.arg(a.prefix->toString()));
}

} // namespace

void addClaimCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("claim", "Who keeps a real prefix, and who has a stand-in");
    tree.addVerb<ClaimArgs>(group, "list", "List claims", declareList, list);
    tree.addVerb<ClaimArgs>(group, "resolve", "The verdict for a LAN; one that exists is returned unchanged",
                            declareResolve, resolve);
    tree.addVerb<ClaimArgs>(group, "release", "End a claim; its carve-out is quarantined for a while", declareRelease,
                            release);
    tree.addVerb<ClaimArgs>(group, "reassign", "Make another connector the one that keeps a real prefix",
                            declareReassign, reassign);
    tree.addVerb<ClaimArgs>(group, "stand-in", "Give a claim a stand-in", declareStandIn, standIn);
    tree.addVerb<ClaimArgs>(group, "exclude", "Keep a range out of use", declareExclude, exclude);
    tree.addVerb<ClaimArgs>(group, "unexclude", "Lift an exclusion", declareUnexclude, unexclude);
    addClaimFree(tree, group);
}

} // namespace interlock
