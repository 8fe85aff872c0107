using System.Net.Http.Headers;
using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateflow.Tests.Composition;

/// <summary>
/// The very program, as <see cref="GateflowApp"/> builds it, on a real port with a data directory of its own that goes with it.
/// Production environment, no demo, no provider, unless settings say otherwise.
/// </summary>
public sealed class GateflowHost : IAsyncDisposable
{
    public const string AdminKey = "gw_admin_of_the_tests";

    private readonly WebApplication _app;
    private readonly bool _ownsData;

    private GateflowHost(WebApplication app, string dataDirectory, bool ownsData)
    {
        _app = app;
        _ownsData = ownsData;
        DataDirectory = dataDirectory;
        BaseUrl = new Uri(app.Urls.Single());
        Client = CreateClient(AdminKey);
    }

    /// <summary>Where it listens, "http://127.0.0.1:port/".</summary>
    public Uri BaseUrl { get; }

    /// <summary>Sends <see cref="AdminKey"/>.</summary>
    public HttpClient Client { get; }

    public string DataDirectory { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts the program; fails with every fault of the configuration.</summary>
    /// <param name="settings">Configuration by its full keys, "Gateflow:Demo"; these win over the defaults above.</param>
    /// <param name="dataDirectory">Data of an earlier run, kept afterwards; null makes a temporary one.</param>
    /// <param name="environment">Development turns the demo on, unless settings turn it off.</param>
    /// <param name="services">Adds what a test watches by.</param>
    public static async Task<GateflowHost> StartAsync(
        IReadOnlyDictionary<string, string?>? settings = null, string? dataDirectory = null, string environment = "Production",
        Action<IServiceCollection>? services = null)
    {
        var data = dataDirectory ?? Directory.CreateTempSubdirectory("gateflow-test-").FullName;
        using var errors = new StringWriter();
        var app = GateflowApp.Build(["--environment", environment, "--urls", "http://127.0.0.1:0"], errors, builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["Gateflow:DataDirectory"] = data,
                ["Gateflow:AdminKey"] = AdminKey,
                ["Gateflow:Node"] = "test",
            });
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Logging.ClearProviders();
            services?.Invoke(builder.Services);
        }) ?? throw new InvalidOperationException(errors.ToString());
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new GateflowHost(app, data, ownsData: dataDirectory is null);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>A client that sends this key, or none; it follows no redirects, keeps cookies and is the caller's to dispose.</summary>
    public HttpClient CreateClient(string? key = null)
    {
#pragma warning disable CA2000 // the client disposes its handler
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = BaseUrl };
#pragma warning restore CA2000
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    public T Get<T>()
        where T : notnull => Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_ownsData)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(DataDirectory, recursive: true);
        }
    }
}
