// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/emptystates.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct EmptyText
{
    Q_DECLARE_TR_FUNCTIONS(EmptyText)
};

} // namespace

QString glyphOf(Table table)
{
    switch (table) {
    case Table::Instances:
        return u"gateway"_s;
    case Table::Connectors:
        return u"connectors"_s;
    case Table::Iroutes:
        return u"split"_s;
    case Table::Claims:
        return u"sentinel"_s;
    case Table::Allocations:
        return u"pin"_s;
    case Table::Exclusions:
        return u"deny"_s;
    case Table::Quarantine:
        return u"timer"_s;
    case Table::Options:
        return u"settings"_s;
    case Table::Journal:
        return u"journal"_s;
    }
    Q_UNREACHABLE();
}

StateText emptyState(Table table, const QString &ctl)
{
    const auto state = [&](const QString &heading, const QString &text, const QString &command) {
        return StateText{glyphOf(table), Token::Muted, heading, text, ctl + u' ' + command, {}};
    };
    switch (table) {
    case Table::Instances:
        return state(EmptyText::tr("No instance yet."),
                     EmptyText::tr("An instance is one OpenVPN server process. It is the first thing to add."),
                     u"instance add NAME --management tcp:HOST:PORT --pool PREFIX"_s);
    case Table::Connectors:
        return state(EmptyText::tr("No connector yet."), EmptyText::tr("A connector appears when it is given a LAN."),
                     u"iroute set CN PREFIX..."_s);
    case Table::Iroutes:
        return state(EmptyText::tr("No iroute yet."), EmptyText::tr("An iroute is a LAN that a connector brings."),
                     u"iroute set CN PREFIX..."_s);
    case Table::Claims:
        return state(EmptyText::tr("No claim yet."),
                     EmptyText::tr("A claim says under which prefix a LAN is reached: its own one, or a stand-in."),
                     u"claim resolve CN PREFIX --instance NAME"_s);
    case Table::Allocations:
        return state(EmptyText::tr("No allocation yet."),
                     EmptyText::tr("An allocation is a connector's own tunnel address."),
                     u"allocation request CN --instance NAME"_s);
    case Table::Exclusions:
        return state(EmptyText::tr("No exclusion."),
                     EmptyText::tr("No stand-in is taken from an excluded range, and no LAN keeps it."),
                     u"claim exclude PREFIX"_s);
    case Table::Quarantine:
        return state(EmptyText::tr("Nothing is in quarantine."),
                     EmptyText::tr("What a released claim held waits here before somebody else gets it."),
                     u"claim release CN PREFIX"_s);
    case Table::Options:
        return state(EmptyText::tr("No option is set."),
                     EmptyText::tr("An option is pushed to a connector, a group or everybody on an instance."),
                     u"option set --cn CN route PREFIX"_s);
    case Table::Journal:
        return state(EmptyText::tr("Nothing has been changed yet."),
                     EmptyText::tr("Every change is one entry here, with who made it and when."), u"journal list"_s);
    }
    Q_UNREACHABLE();
}

} // namespace interlock
