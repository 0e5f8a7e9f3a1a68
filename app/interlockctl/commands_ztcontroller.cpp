// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/commands.h"
#include "app/interlockctl/lookup.h"
#include "app/interlockctl/networkdesk.h"
#include "app/interlockctl/rowjson.h"
#include "app/interlockctl/table.h"

#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

struct ControllerArgs
{
    std::optional<ControllerName> name;
    std::optional<QString> url;
    std::optional<QString> tokenFile;
    std::optional<ControllerFlavour> flavour;
    bool isUnasked = false;
    EditOptions edit;
};

void declareWhere(Arguments args, ControllerArgs &a)
{
    args.optional("--flavour", a.flavour, "self-hosted (default) or central", "FLAVOUR");
    args.flag("--no-probe", a.isUnasked, "Do not ask it whether it is there");
    args.edit(a.edit);
}

void declareAdd(Arguments args, ControllerArgs &a)
{
    args.required("NAME", a.name, "A name for it");
    args.required("--url", a.url, "http://HOST:PORT, or https:// of a proxy in front of it", "URL");
    args.required("--token-file", a.tokenFile, "The file that its token is in (authtoken.secret); mode 0600", "FILE");
    declareWhere(args, a);
}

void declareSet(Arguments args, ControllerArgs &a)
{
    args.required("NAME", a.name, "A controller");
    args.optional("--url", a.url, "http://HOST:PORT, or https:// of a proxy in front of it", "URL");
    args.optional("--token-file", a.tokenFile, "The file that its token is in", "FILE");
    declareWhere(args, a);
}

void declareName(Arguments args, ControllerArgs &a)
{
    args.required("NAME", a.name, "A controller");
}

void declareRemove(Arguments args, ControllerArgs &a)
{
    args.required("NAME", a.name, "A controller without networks");
    args.edit(a.edit);
}

void declareNothing(Arguments, ControllerArgs &) {}

/// A path that means the same from wherever the next process starts. The name of a credential is kept.
QString storedPath(const QString &typed)
{
    return typed.contains(u'/') || QFileInfo::exists(typed) ? QFileInfo(typed).absoluteFilePath() : typed;
}

QJsonObject identityJson(const ControllerIdentity &identity)
{
    return {{u"node"_s, identity.node ? QJsonValue(identity.node->toString()) : QJsonValue()},
            {u"flavour"_s, enumText(identity.flavour)},
            {u"controllerVersion"_s, identity.version}};
}

Expected<ControllerIdentity> probeOf(Session &session, const ControllerRow &row)
{
    auto desk = NetworkDesk::open(session);
    if (!desk)
        return fail(desk.error());
    const auto client = (*desk)->client(row);
    if (!client)
        return fail(client.error());
    return NetworkDesk::wait((*client)->probe());
}

Expected<Answer> answerRow(const ControllerArgs &a, const Expected<Receipt> &receipt, const QString &done)
{
    if (!receipt)
        return fail(receipt.error());
    const auto rows = rowsOf<ControllerRow>(*receipt);
    return editAnswer(a.edit, *receipt, rows.empty() ? QJsonObject() : rowJson(rows.front()), done);
}

Expected<Answer> add(Session &session, const ControllerArgs &a)
{
    ControllerRow row{
        *a.name, a.url->trimmed(), storedPath(*a.tokenFile), a.flavour.value_or(ControllerFlavour::SelfHosted), {}, {},
        0};
    if (!a.isUnasked) {
        const auto identity = probeOf(session, row);
        if (!identity)
            return fail(identity.error());
        row.node = identity->node;
    }
    const QString node = row.node ? u" Its networks begin with %1."_s.arg(row.node->toString()) : QString();
    return answerRow(a, session.edit(AddController{row}, a.edit),
                     u"Controller %1 is stored.%2"_s.arg(a.name->toString(), node));
}

Expected<ControllerRow> controllerRow(Session &session, const ControllerName &name)
{
    return session.tryLook([&name](Topology &topology) -> Expected<ControllerRow> {
        if (const auto *found = topology.find<ControllerRow>(name))
            return *found;
        return fail(ErrorKind::NotFound, u"there is no controller '%1'"_s.arg(name.toString()),
                    {{u"controller"_s, name.toString()}});
    });
}

Expected<Answer> set(Session &session, const ControllerArgs &a)
{
    auto row = controllerRow(session, *a.name);
    if (!row)
        return fail(row.error());
    SetController command{*a.name, a.url, {}, a.flavour, {}};
    if (a.tokenFile)
        command.tokenFile = storedPath(*a.tokenFile);
    if (!a.isUnasked && (a.url || a.flavour)) {
        row->url = a.url.value_or(row->url).trimmed();
        row->tokenFile = command.tokenFile.value_or(row->tokenFile);
        row->flavour = a.flavour.value_or(row->flavour);
        const auto identity = probeOf(session, *row);
        if (!identity)
            return fail(identity.error());
        command.node = identity->node;
    }
    return answerRow(a, session.edit(command, a.edit), u"Controller %1 is changed."_s.arg(a.name->toString()));
}

Expected<Answer> remove(Session &session, const ControllerArgs &a)
{
    return answerRow(a, session.edit(RemoveController{*a.name}, a.edit),
                     u"Controller %1 is removed; nothing changed on it."_s.arg(a.name->toString()));
}

Expected<Answer> list(Session &session, const ControllerArgs &)
{
    return session.look([](Topology &topology) {
        Table table({u"CONTROLLER"_s, u"URL"_s, u"FLAVOUR"_s, u"NODE"_s, u"NETWORKS"_s},
                    u"There are no controllers yet. 'zt controller add' stores one."_s);
        QJsonArray controllers;
        for (const ControllerRow &row : topology.rows<ControllerRow>()) {
            const auto networks = std::ranges::count(topology.rows<NetworkRow>(), row.name, &NetworkRow::controller);
            QJsonObject object = rowJson(row);
            object.insert(u"networkCount"_s, qint64{networks});
            controllers.append(object);
            table.add({row.name.toString(), row.url, enumText(row.flavour), row.node ? row.node->toString() : u"-"_s,
                       QString::number(networks)});
        }
        return Answer{{{u"controllers"_s, controllers}}, table.toString(), {}, 0};
    });
}

Expected<Answer> probe(Session &session, const ControllerArgs &a)
{
    const auto row = controllerRow(session, *a.name);
    if (!row)
        return fail(row.error());
    const auto identity = probeOf(session, *row);
    if (!identity)
        return fail(identity.error());
    if (row->node && identity->node != row->node) {
        return fail(ErrorKind::BackendMismatch,
                    u"another node answers at %1: %2, and controller %3 is %4"_s.arg(
                        row->url, identity->node ? identity->node->toString() : u"Central"_s, row->name.toString(),
                        row->node->toString()),
                    {{u"controller"_s, row->name.toString()}, {u"node"_s, row->node->toString()}});
    }
    QJsonObject object = identityJson(*identity);
    object.insert(u"controller"_s, row->name.toString());
    object.insert(u"url"_s, row->url);
    const QString text = u"Controller %1 at %2 is ready: %3, version %4."_s.arg(
        row->name.toString(), row->url, identity->node ? u"node "_s + identity->node->toString() : u"Central"_s,
        identity->version);
    return Answer{object, text, {}, 0};
}

} // namespace

void addZtControllers(CommandTree &tree, CLI::App &zt)
{
    CLI::App &group = tree.addGroup(zt, "controller", "ZeroTier controllers");
    tree.addVerb<ControllerArgs>(group, "add", "Store a controller, once it has answered", declareAdd, add);
    tree.addVerb<ControllerArgs>(group, "set", "Change where it is or how it is spoken to", declareSet, set);
    tree.addVerb<ControllerArgs>(group, "list", "List controllers", declareNothing, list);
    tree.addVerb<ControllerArgs>(group, "probe", "Ask whether it is there, and who it is", declareName, probe);
    tree.addVerb<ControllerArgs>(group, "remove", "Forget a controller without networks", declareRemove, remove);
}

} // namespace interlock
