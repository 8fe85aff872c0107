using System.Threading.RateLimiting;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;

namespace Gateflow.Dashboard.Access;

/// <summary>Signing in and out of the dashboard.</summary>
public static class SignInEndpoints
{
    private const string Slowly = "sign-in";

    /// <summary>At most 20 tries a minute and address: a key cannot be guessed anyway, but the log stays readable.</summary>
    public static IServiceCollection AddSignInLimits(this IServiceCollection services) => services.AddRateLimiter(o =>
    {
        o.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        o.AddPolicy(Slowly, http => RateLimitPartition.GetFixedWindowLimiter(
            http.Connection.RemoteIpAddress?.ToString() ?? "", _ => new FixedWindowRateLimiterOptions { PermitLimit = 20, Window = TimeSpan.FromMinutes(1) }));
    });

    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        app.MapGet("/login/link", LinkAsync).AllowAnonymous().RequireRateLimiting(Slowly).ExcludeFromDescription();
        app.MapPost("/login", KeyAsync).AllowAnonymous().RequireRateLimiting(Slowly).ExcludeFromDescription();
        app.MapPost("/logout", async (HttpContext http, [FromForm] string? ignored) =>
        {
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.LocalRedirect("/login");
        }).ExcludeFromDescription();
    }

    private static async Task<IResult> LinkAsync(HttpContext http, SignInLinks links, Routes routes, string token = "")
    {
        var id = links.Redeem(token);
        return routes.Current.Keys.Values.FirstOrDefault(k => k.Id == id) is { } key
            ? await SignInAsync(http, key, "/")
            : Results.LocalRedirect("/login?fault=link");
    }

    private static async Task<IResult> KeyAsync(
        HttpContext http, Routes routes, TimeProvider clock, [FromForm] string? key, [FromForm] string? returnUrl)
    {
        var found = routes.Current.Keys.GetValueOrDefault(KeyHash.Of(key?.Trim() ?? ""));
        if (found is null || !KeyAuthentication.IsValid(found, clock.GetUtcNow()))
        {
            return Results.LocalRedirect("/login?fault=key");
        }

        return found.Role < Role.Viewer ? Results.LocalRedirect("/login?fault=role") : await SignInAsync(http, found, returnUrl);
    }

    private static async Task<IResult> SignInAsync(HttpContext http, KeyEntry key, string? returnUrl)
    {
        await http.SignInAsync(
            CookieAuthenticationDefaults.AuthenticationScheme,
            KeyAuthentication.Principal(key, CookieAuthenticationDefaults.AuthenticationScheme),
            new AuthenticationProperties { IsPersistent = true });
        var local = returnUrl is ['/', ..] and not ['/', '/' or '\\', ..];
        return Results.LocalRedirect(local ? returnUrl! : "/");
    }
}
