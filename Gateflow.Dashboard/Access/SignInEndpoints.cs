using System.Threading.RateLimiting;
using Gateflow.Core.Access;
using Gateflow.Core.Routing;
using Gateflow.Dashboard.Composition;
using Microsoft.AspNetCore.Antiforgery;
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
        // Before the page of the same address: a page's endpoint takes posts too.
        app.MapPost("/login", KeyAsync).AllowAnonymous().RequireRateLimiting(Slowly).ExcludeFromDescription().WithOrder(-1)
            .DisableAntiforgery(); // checked by the handler, which can say so on the page
        app.MapPost("/logout", async (HttpContext http, [FromForm] string? ignored) =>
        {
            await http.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
            return Results.LocalRedirect("/login");
        }).ExcludeFromDescription();
    }

    /// <summary>Opens a session that is worth as much as the key.</summary>
    internal static Task SignInAsync(HttpContext http, KeyEntry key) => http.SignInAsync(
        CookieAuthenticationDefaults.AuthenticationScheme,
        KeyAuthentication.Principal(key, CookieAuthenticationDefaults.AuthenticationScheme),
        new AuthenticationProperties { IsPersistent = true });

    /// <summary>Where to go after signing in: the address if it lies in this program, else the overview.</summary>
    internal static string Local(string? returnUrl) =>
        returnUrl is ['/', ..] and not ['/', '/' or '\\', ..] && !returnUrl.Any(char.IsControl) ? returnUrl : "/";

    /// <summary>The sign-in page with what went wrong.</summary>
    internal static string Refused(string fault, string? returnUrl) =>
        Local(returnUrl) is var back and not "/" ? $"/login?fault={fault}&returnUrl={Uri.EscapeDataString(back)}" : $"/login?fault={fault}";

    private static async Task<IResult> KeyAsync(
        HttpContext http, IAntiforgery antiforgery, Routes routes, Settings settings, TimeProvider clock, [FromForm] string? key, [FromForm] string? returnUrl)
    {
        if (!await antiforgery.IsRequestValidAsync(http))
        {
            return Results.LocalRedirect(Refused("form", returnUrl));
        }

        var found = routes.Current.Keys.GetValueOrDefault(KeyHash.Of(key?.Trim() ?? ""));
        if (found is null || !KeyAuthentication.IsValid(found, clock.GetUtcNow()) || !KeyAuthentication.IsAllowed(found, http, settings.TrustedProxies))
        {
            return Results.LocalRedirect(Refused("key", returnUrl));
        }

        if (found.Role < Role.Viewer)
        {
            return Results.LocalRedirect(Refused("role", returnUrl));
        }

        await SignInAsync(http, found);
        return Results.LocalRedirect(Local(returnUrl));
    }
}
