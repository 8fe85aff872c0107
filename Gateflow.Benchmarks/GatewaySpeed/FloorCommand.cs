using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>
/// The command <c>floor</c>: the least that a .NET program between application and provider can do. It reads the body, finds the model, forwards and
/// passes the answer on as it comes; no keys, no routes, no log, no metrics. What <c>gateway-speed</c> measures Gateflow against.
/// </summary>
internal static class FloorCommand
{
    public const string Upstream = "FLOOR_UPSTREAM";

    public static Command Create() => new()
    {
        Name = "floor",
        Summary = "the bare pass-through that gateway-speed starts for comparison",
        Help = $"floor --urls ADDRESS   forwards to the address in {Upstream}; started by gateway-speed",
        Options = ["--urls"],
        RunAsync = async (line, cancellationToken) =>
        {
            await using var app = Build(line.Text("--urls") ?? throw new UsageException("--urls is required."));
            await app.StartAsync(cancellationToken);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        },
    };

    private static WebApplication Build(string urls)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.WebHost.UseUrls(urls);
        var app = builder.Build();
        var upstream = Environment.GetEnvironmentVariable(Upstream) ?? throw new JobException($"{Upstream} is not set.");
        var http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null,
        });
        app.Run(context => context.Request.Path == "/allocated"
            ? context.Response.WriteAsync(GC.GetTotalAllocatedBytes().ToString(System.Globalization.CultureInfo.InvariantCulture))
            : ForwardAsync(context, http, upstream));
        return app;
    }

    private static async Task ForwardAsync(HttpContext context, HttpMessageInvoker http, string upstream)
    {
        using var received = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await context.Request.Body.CopyToAsync(received);
        var body = received.ToArray();
        if (!HasModel(body))
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, upstream + context.Request.Path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        request.Headers.TryAddWithoutValidation("Authorization", context.Request.Headers.Authorization.ToString());
        using var response = await http.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        context.Response.ContentLength = response.Content.Headers.ContentLength;
        await using var answer = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        int read;
        do
        {
            read = await answer.ReadAsync(context.Response.BodyWriter.GetMemory(4096), context.RequestAborted);
            context.Response.BodyWriter.Advance(read);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }
        while (read > 0);
    }

    private static bool HasModel(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
            {
                return true;
            }

            reader.Read();
            reader.Skip();
        }

        return false;
    }
}
