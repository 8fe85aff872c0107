using System.Diagnostics;
using System.Net;

namespace Gateflow.E2E.Hosting;

/// <summary>The pitfalls of starting: from the build's output, from the published folder and by "dotnet run".</summary>
public sealed class StartTests
{
    [Fact]
    public async Task DotnetRun_AtTheRoot_IsDevelopmentOnPort5080WithDataAtTheRoot()
    {
        await using var gateflow = await GateflowProcess.StartAsync(
            new() { ["ASPNETCORE_ENVIRONMENT"] = "", ["Gateflow__DataDirectory"] = "", ["ASPNETCORE_URLS"] = "", ["DOTNET_LAUNCH_PROFILE"] = "" },
            ["dotnet", "run", "--no-build", "-c", Repository.Configuration, "--project", Path.Combine(Repository.Root, "Gateflow.Dashboard")],
            "http://localhost:5080");

        Assert.True(File.Exists(Path.Combine(Repository.Root, "data", "gateflow.db")));
        Assert.Contains("/login?token=", gateflow.Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await gateflow.Client.GetAsync("/simulator/v1/models", TestContext.Current.CancellationToken)).StatusCode);
        await AssertAssetsAsync(gateflow);
    }

    [Fact]
    public async Task Published_ElsewhereInProduction_FindsItsFilesAndHasNoDemo()
    {
        var folder = Directory.CreateTempSubdirectory("gateflow-publish-").FullName;
        try
        {
            using var publish = Process.Start(new ProcessStartInfo(
                "dotnet", ["publish", Path.Combine(Repository.Root, "Gateflow.Dashboard"), "--no-build", "-c", Repository.Configuration, "-o", folder, "-v", "quiet"]))!;
            await publish.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.Equal(0, publish.ExitCode);
            Assert.True(File.Exists(Path.Combine(folder, "appsettings.Development.json")));
            var url = "http://127.0.0.1:5081";

            await using var gateflow = await GateflowProcess.StartAsync(
                new() { ["ASPNETCORE_ENVIRONMENT"] = "", ["Gateflow__DataDirectory"] = "", ["Gateflow__AdminKey"] = "", ["ASPNETCORE_URLS"] = url },
                ["dotnet", Path.Combine(folder, "Gateflow.Dashboard.dll")], url);

            Assert.True(File.Exists(Path.Combine(gateflow.DataDirectory, "gateflow.db")), "data lies in the working directory");
            Assert.Contains("Administrator's key, shown this once: gw_admin_", gateflow.Output, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.NotFound, (await gateflow.Client.GetAsync("/simulator/v1/models", TestContext.Current.CancellationToken)).StatusCode);
            await AssertAssetsAsync(gateflow);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task WrongConfiguration_StopsTheStart_NamingEveryFault()
    {
        var start = new ProcessStartInfo("dotnet", [Repository.Dashboard, "--urls", "http://127.0.0.1:0"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["Gateflow__Providers__openai__Type"] = "Telepathy";
        start.Environment["Gateflow__Database__Provider"] = "Slate";
        start.Environment["Gateflow__Limits__MaxBodyBytes"] = "-1";
        using var process = Process.Start(start)!;

        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, process.ExitCode);
        Assert.Contains("Gateflow:Providers:openai:Type", errors, StringComparison.Ordinal);
        Assert.Contains("Gateflow:Database:Provider", errors, StringComparison.Ordinal);
        Assert.Contains("Gateflow:Limits:MaxBodyBytes", errors, StringComparison.Ordinal);
    }

    private static async Task AssertAssetsAsync(GateflowProcess gateflow)
    {
        foreach (var path in new[] { "/_framework/blazor.web.js", "/lib/apexcharts/apexcharts.esm.js", "/_content/Radzen.Blazor/Radzen.Blazor.js", "/login" })
        {
            using var response = await gateflow.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}");
        }
    }
}
