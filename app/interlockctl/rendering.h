// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/interlockctl/renderfile.h"
#include "app/interlockctl/session.h"
#include "model/rules/devicevariables.h"

#include <QJsonObject>

#include <optional>

namespace interlock {

/// What is done with the configurations of devices.
struct RenderOrder
{
    QString templateName;
    Overwrite overwrite = Overwrite::OnlyOurs;
    bool isDryRun = false;
};

/// A configuration that was made, and what was there before.
struct MadeRendering
{
    QString device;
    DeviceRendering made;
    std::optional<SavedRendering> previous; ///< as it was rendered the last time
    std::optional<QString> path = {};       ///< the file that it goes into
    FileNeed need = FileNeed::Nothing;

    [[nodiscard]] bool isChanged() const { return !previous || previous->checksum != made.rendering.checksum; }
    /// From what was rendered the last time, or from nothing.
    [[nodiscard]] QString diff(const QString &templateName) const;
};

/// Makes the configuration of `device`; nothing is written.
/// \returns as renderForDevice() and checkRenderFile()
[[nodiscard]] Expected<MadeRendering> makeRendering(Session &session, const RenderOrder &order, const QString &device,
                                                    const std::optional<QString> &path);

/// Writes the file where that is needed, then keeps the text as what was rendered last; nothing in a dry run.
/// \returns as writeRenderFile(), or what the store says; with `written` true when the file was written all the same
[[nodiscard]] Expected<void> keepRendering(Session &session, const RenderOrder &order, const MadeRendering &rendering);

/// {device, template, checksum, changed, previous: {checksum, renderedAt} or null, uses, warnings, file, written}
[[nodiscard]] QJsonObject renderingJson(const RenderOrder &order, const MadeRendering &rendering);

} // namespace interlock
