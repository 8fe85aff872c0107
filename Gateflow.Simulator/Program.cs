namespace Gateflow.Simulator;

internal static class Program
{
    private const string DefaultUrl = "http://127.0.0.1:9100";

    private static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        if (!HasOwnUrls(builder.Configuration))
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }

        builder.Services.AddSimulator(options => builder.Configuration.GetSection("Simulator").Bind(options));

        var app = builder.Build();
        app.MapSimulator();
        app.MapGet("/health/live", () => Results.Text("ok"));
        await app.RunAsync();
    }

    private static bool HasOwnUrls(ConfigurationManager configuration) =>
        !string.IsNullOrEmpty(configuration["urls"])
        || !string.IsNullOrEmpty(configuration["http_ports"])
        || configuration.GetSection("Kestrel:Endpoints").Exists();
}
