// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace interlock {

/// Who runs a controller: a zerotier-one of one's own, or ZeroTier Central, whose interface differs.
/// \source zerotier/FACTS.md 54 to 57
enum class ControllerFlavour { SelfHosted, Central };

} // namespace interlock
