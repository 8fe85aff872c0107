using System.Runtime.InteropServices;

namespace Gateflow.Benchmarks.Processes;

/// <summary>Where the repository's other programs were built: beside this one, with the same configuration and framework.</summary>
internal static class BuiltPrograms
{
    /// <summary>The runtime that runs this very program.</summary>
    public static string DotNet
    {
        get
        {
            var file = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
            var beside = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", file));
            return File.Exists(beside) ? beside : file;
        }
    }

    /// <exception cref="JobException">It is not there.</exception>
    public static string Find(string project)
    {
        var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var root = output;
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "Gateflow.sln")))
        {
            root = root.Parent;
        }

        if (root is null)
        {
            throw new JobException("Run this from the repository: Gateflow.sln was not found above the program, so neither are the programs that it starts.");
        }

        var path = Path.Combine(root.FullName, project, "bin", output.Parent!.Name, output.Name, project + ".dll");
        return File.Exists(path) ? path : throw new JobException($"{path} is not there. Build first: dotnet build -c {output.Parent.Name} Gateflow.Benchmarks");
    }
}
