using System.Globalization;
using System.Runtime.CompilerServices;

namespace Gateflow.Tests;

/// <summary>The program sets its culture for the whole process: tests of its parts go by the same one, on any machine and in any order.</summary>
internal static class ProgramCulture
{
    [ModuleInitializer]
    internal static void Use() => CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.InvariantCulture;
}
