// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/table.h"
#include "model/rules/natrules.h"

#include <QJsonArray>
#include <QJsonDocument>

#include <functional>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

enum class NatFormat { Json, Nft, Iptables, RouterOs };

} // namespace

template <>
struct EnumNames<NatFormat>
{
    static constexpr NameTable<NatFormat, 4> kTable{{{NatFormat::Json, u"json"},
                                                     {NatFormat::Nft, u"nft"},
                                                     {NatFormat::Iptables, u"iptables"},
                                                     {NatFormat::RouterOs, u"routeros"}}};
};

namespace {

struct NatArgs
{
    std::optional<CommonName> cn;
    std::optional<NatFormat> format;
    std::optional<InterfaceName> interface;
};

void declarePlan(Arguments args, NatArgs &a)
{
    args.optional("--cn", a.cn, "Only this connector; a rule set is for one router", "CN");
    args.optional("--format", a.format, "json, nft, iptables or routeros; without it a table", "F");
    args.optional("--interface", a.interface, "The tunnel's interface on the router (default tun0)", "NAME");
}

std::vector<NatPlan> plansOf(const Topology &topology, const std::optional<CommonName> &only)
{
    std::vector<NatPlan> plans;
    for (const ConnectorRow &connector : topology.rows<ConnectorRow>()) {
        if (only && connector.cn != *only)
            continue;
        NatPlan plan{connector.cn, connector.translation, {}};
        for (const ClaimRow *claim : topology.list<ClaimRow>(connector.cn)) {
            if (!claim->isSentinel())
                plan.pairs.push_back({claim->real, claim->virtualPrefix});
        }
        if (only || !plan.pairs.empty())
            plans.push_back(std::move(plan));
    }
    return plans;
}

Answer listed(const std::vector<NatPlan> &plans)
{
    Table table({u"CN"_s, u"TRANSLATED BY"_s, u"REAL"_s, u"VIRTUAL"_s},
                u"Nobody has a stand-in: nothing is to be translated."_s);
    QJsonArray connectors;
    for (const NatPlan &plan : plans) {
        QJsonArray pairs;
        for (const NatPair &pair : plan.pairs) {
            pairs.append(QJsonObject{{u"real"_s, pair.real.toString()}, {u"virtual"_s, pair.virtualPrefix.toString()}});
            table.add(
                {plan.cn.toString(), enumText(plan.translation), pair.real.toString(), pair.virtualPrefix.toString()});
        }
        connectors.append(QJsonObject{
            {u"cn"_s, plan.cn.toString()}, {u"translation"_s, enumText(plan.translation)}, {u"pairs"_s, pairs}});
    }
    return {{{u"connectors"_s, connectors}}, table.toString(), {}, 0};
}

Expected<QString> render(const NatPlan &plan, NatFormat format, const InterfaceName &interface)
{
    switch (format) {
    case NatFormat::Nft:
        return renderNft(plan, interface);
    case NatFormat::Iptables:
        return renderIptables(plan, interface);
    case NatFormat::RouterOs:
        return renderRouterOs(plan, interface);
    case NatFormat::Json:
        break;
    }
    Q_UNREACHABLE();
}

/// The one router that rules are wanted for: the only one that translates itself, or the only one with stand-ins.
/// \returns Usage with the choice when there are several
Expected<NatPlan> onePlan(std::vector<NatPlan> plans)
{
    const auto isRouter = [](const NatPlan &plan) { return plan.translation == Translation::Router; };
    if (plans.size() > 1 && std::ranges::any_of(plans, isRouter))
        std::erase_if(plans, std::not_fn(isRouter));
    if (plans.size() == 1)
        return plans.front();
    if (plans.empty())
        return fail(ErrorKind::NotFound, u"nobody has a stand-in: there is nothing to translate"_s);
    QJsonArray names;
    QStringList shown;
    for (const NatPlan &plan : plans) {
        names.append(plan.cn.toString());
        if (shown.size() < 5)
            shown += plan.cn.toString();
    }
    return fail(ErrorKind::Usage,
                u"a rule set is for one router: choose one of %1 connectors with --cn (%2%3)"_s.arg(plans.size())
                    .arg(shown.join(u", "_s), plans.size() > 5 ? u", ..."_s : QString()),
                {{u"connectors"_s, names}});
}

Expected<Answer> plan(Session &session, const NatArgs &a)
{
    const auto plans = session.tryLook([&a](Topology &topology) -> Expected<std::vector<NatPlan>> {
        if (a.cn) {
            if (const auto known = connectorIn(topology, *a.cn); !known)
                return fail(known.error());
        }
        return plansOf(topology, a.cn);
    });
    if (!plans)
        return fail(plans.error());
    if (!a.format)
        return listed(*plans);
    if (*a.format == NatFormat::Json) {
        Answer answer = listed(*plans);
        answer.text = QString::fromUtf8(QJsonDocument(answer.document).toJson()).trimmed();
        return answer;
    }
    return onePlan(*plans).and_then([&](const NatPlan &one) -> Expected<Answer> {
        const auto text = render(one, *a.format, a.interface.value_or(InterfaceName::parse(u"tun0").value()));
        if (!text)
            return fail(text.error());
        Answer answer{{{u"cn"_s, one.cn.toString()}, {u"translation"_s, enumText(one.translation)}, {u"text"_s, *text}},
                      text->trimmed(),
                      {},
                      0};
        if (one.translation != Translation::Router) {
            answer.notes += u"note: %1 is translated by the %2, so its router needs no rules; "
                            "'connector set CN --translation router' changes that"_s.arg(one.cn.toString(),
                                                                                         enumText(one.translation));
        }
        return answer;
    });
}

} // namespace

void addNatCommands(CommandTree &tree)
{
    CLI::App &group = tree.addGroup("nat", "One-to-one translation of LANs that have a stand-in");
    tree.addVerb<NatArgs>(group, "plan", "The pairs, or the rules for a router that translates itself", declarePlan,
                          plan);
    addNatReconcile(tree, group);
}

} // namespace interlock
