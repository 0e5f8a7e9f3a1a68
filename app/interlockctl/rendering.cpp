// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/rendering.h"

#include "app/interlockctl/variablewords.h"
#include "model/rules/linediff.h"

#include <QDir>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The folder that a file is to stand in.
Expected<void> makeFolderOf(const QString &path)
{
    const QString folder = QFileInfo(path).absolutePath();
    if (QDir().mkpath(folder))
        return {};
    return fail(ErrorKind::ReadOnly, u"the folder '%1' cannot be made"_s.arg(folder), {{u"path"_s, folder}});
}

} // namespace

QString MadeRendering::diff(const QString &templateName) const
{
    const QString name = u"%1 (%2)"_s.arg(device, templateName);
    const QString before = previous ? name + u' ' + previous->renderedAt.toString() : u"/dev/null"_s;
    return unifiedDiff(previous ? previous->text : QString(), made.rendering.text, {before, name});
}

Expected<MadeRendering> makeRendering(Session &session, const RenderOrder &order, const QString &device,
                                      const std::optional<QString> &path)
{
    auto made =
        session.tryLook([&](Topology &topology) { return renderForDevice(topology, device, order.templateName); });
    if (!made)
        return fail(made.error());
    const auto store = session.store();
    if (!store)
        return fail(store.error());
    auto previous = Session::wait((*store)->archive().rendering(device, order.templateName));
    if (!previous)
        return fail(previous.error());
    MadeRendering rendering{device, *std::move(made), *std::move(previous), path, FileNeed::Nothing};
    if (path) {
        const QString known = rendering.previous ? rendering.previous->checksum : QString();
        const auto need = checkRenderFile(*path, rendering.made.rendering.text, known, order.overwrite);
        if (!need)
            return fail(need.error());
        rendering.need = *need;
    }
    return rendering;
}

Expected<void> keepRendering(Session &session, const RenderOrder &order, const MadeRendering &rendering)
{
    if (order.isDryRun)
        return {};
    const bool isWritten = rendering.path && rendering.need == FileNeed::Write;
    if (isWritten) {
        if (const auto ok = makeFolderOf(*rendering.path); !ok)
            return ok;
        if (const auto ok = writeRenderFile(*rendering.path, rendering.made.rendering.text); !ok)
            return ok;
    }
    if (!rendering.isChanged())
        return {};
    const auto store = session.store();
    const auto kept = Session::wait(
        (*store)->archive().saveRendering({rendering.device, order.templateName, rendering.made.rendering.checksum,
                                           rendering.made.rendering.text, Session::now()}));
    if (kept)
        return {};
    Error error = kept.error();
    error.payload.insert(u"written"_s, isWritten);
    return tl::unexpected(std::move(error));
}

QJsonObject renderingJson(const RenderOrder &order, const MadeRendering &rendering)
{
    QJsonValue previous;
    if (rendering.previous) {
        previous = QJsonObject{{u"checksum"_s, rendering.previous->checksum},
                               {u"renderedAt"_s, rendering.previous->renderedAt.toString()}};
    }
    QJsonArray uses;
    for (const QString &name : rendering.made.rendering.used)
        uses.append(name);
    return {{u"device"_s, rendering.device},
            {u"template"_s, order.templateName},
            {u"checksum"_s, rendering.made.rendering.checksum},
            {u"changed"_s, rendering.isChanged()},
            {u"previous"_s, previous},
            {u"uses"_s, uses},
            {u"warnings"_s, warningsJson(rendering.made.warnings)},
            {u"file"_s, rendering.path ? QJsonValue(*rendering.path) : QJsonValue()},
            {u"written"_s, !order.isDryRun && rendering.path && rendering.need == FileNeed::Write}};
}

} // namespace interlock
