namespace Gateflow.E2E.Hosting;

/// <summary>Where the built programs lie.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Gateflow.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>The dashboard as this test run built it.</summary>
    public static string Dashboard { get; } =
        Path.Combine(Root, "Gateflow.Dashboard", "bin", Configuration, "net10.0", "Gateflow.Dashboard.dll");

    /// <summary>Debug or Release, as this test program itself was built.</summary>
    public static string Configuration =>
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Gateflow.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Gateflow.sln is in no folder above the tests");
        }

        return folder;
    }
}
