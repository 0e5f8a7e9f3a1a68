// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/name.h"

#include <QString>
#include <QStringView>

namespace interlock {

// OpenVPN looks for a file with the client's common name in its client-config-dir. It puts `_` for `/`, and takes the
// file DEFAULT when there is none, so some names have no file of their own. Source: platform_gen_path() of OpenVPN 2.6,
// for systems other than Windows.

/// Whose file `fileName` (without folder) is.
/// \returns Unsupported for DEFAULT, which is the file of everybody else, and for a path; Invalid for what is no
///          common name
[[nodiscard]] Expected<CommonName> commonNameFromFileName(QStringView fileName);

/// The file that OpenVPN reads for `cn` and for nobody else; commonNameFromFileName() gives `cn` again.
/// \returns Unsupported when there is none: a `/` in it, `.`, `..`, DEFAULT, or more than 255 bytes
[[nodiscard]] Expected<QString> fileNameFor(const CommonName &cn);

} // namespace interlock
