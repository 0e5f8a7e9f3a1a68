// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/table.h"
#include "model/rules/visibility.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct VisibleArgs
{
    std::optional<CommonName> cn;
};

void declareVisible(Arguments args, VisibleArgs &a)
{
    args.required("CN", a.cn, "Common name");
}

QString reasonText(VisibilityReason reason)
{
    switch (reason) {
    case VisibilityReason::SameBlock:
        return u"pushed: same block"_s;
    case VisibilityReason::OtherBlock:
        return u"not pushed: another block"_s;
    case VisibilityReason::NoAddress:
        return u"not pushed: one of the two has no address there"_s;
    case VisibilityReason::Unclaimed:
        return u"not pushed: no verdict yet"_s;
    case VisibilityReason::OwnLan:
        return u"not pushed: it lies on a LAN of its own (a stand-in for both makes it reachable)"_s;
    }
    Q_UNREACHABLE();
}

QJsonObject lanJson(const VisibleLan &lan)
{
    const QJsonValue effective = lan.effective ? QJsonValue(lan.effective->toString()) : QJsonValue();
    return {{u"instance"_s, lan.instance.toString()},
            {u"owner"_s, lan.owner.toString()},
            {u"real"_s, lan.real.toString()},
            {u"virtual"_s, effective},
            {u"prefix"_s, effective},
            {u"pushed"_s, lan.isPushed()},
            {u"reason"_s, nameOf(lan.reason)}};
}

Expected<Answer> visible(Session &session, const VisibleArgs &a)
{
    return session.tryLook([&a](Topology &topology) -> Expected<Answer> {
        if (const auto known = connectorIn(topology, *a.cn); !known)
            return fail(known.error());
        Table table({u"INSTANCE"_s, u"OWNER"_s, u"LAN"_s, u"AS"_s, u"PUSHED"_s},
                    u"No other connector declares a LAN on its instances."_s);
        QJsonArray routes;
        for (const VisibleLan &lan : visibleLans(topology, *a.cn)) {
            routes.append(lanJson(lan));
            table.add({lan.instance.toString(), lan.owner.toString(), lan.real.toString(),
                       lan.effective ? lan.effective->toString() : QString(), reasonText(lan.reason)});
        }
        const bool hasAddress = !topology.allocationsOf(*a.cn).empty();
        Answer answer{{{u"cn"_s, a.cn->toString()}, {u"hasAllocation"_s, hasAddress}, {u"routes"_s, routes}},
                      table.toString() + u"\nThis is what is pushed. It is not a firewall."_s,
                      {},
                      0};
        if (!hasAddress)
            answer.notes += u"%1 has no address on any instance, so it is pushed nothing."_s.arg(a.cn->toString());
        return answer;
    });
}

} // namespace

void addVisibleCommand(CommandTree &tree)
{
    tree.addVerb<VisibleArgs>(tree.root(), "visible",
                              "Every prefix that a connector would be pushed, or not, with owner and reason",
                              declareVisible, visible);
}

} // namespace interlock
