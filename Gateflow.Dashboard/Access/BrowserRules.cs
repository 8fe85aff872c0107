using System.Security.Cryptography;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Management;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;

namespace Gateflow.Dashboard.Access;

/// <summary>What holds between the program and browsers, beside who is signed in.</summary>
internal static class BrowserRules
{
    private const string OwnScripts = "'self'";

    /// <summary>Lets the page's own inline scripts run, those that bear the nonce which this returns, and no others.</summary>
    public static string ScriptNonce(HttpContext http)
    {
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        http.Response.Headers.ContentSecurityPolicy = Policy($"{OwnScripts} 'nonce-{nonce}'");
        return nonce;
    }

    /// <summary>Components and charts style their elements inline; not every browser counts a socket to its own page's address as 'self'.</summary>
    private static string Policy(string scripts) =>
        $"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

    /// <summary>Answers are what they say they are, and an https address is taken at its word, for its own name and behind our proxies: TLS may end before us, and cookies are Secure all the same.</summary>
    public static void UseBrowserRules(this IApplicationBuilder app, Settings settings) => app.Use((http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers.ContentSecurityPolicy = Policy(OwnScripts);
        if (settings.PublicUrl is { Scheme: "https" } url && (http.Request.Host.Host.Equals(url.Host, StringComparison.OrdinalIgnoreCase) || IsProxied(http, settings)))
        {
            http.Request.Scheme = Uri.UriSchemeHttps;
        }

        return next(http);
    });

    /// <summary>
    /// A session acts from pages of our own alone. The browser sends its cookie for a sister's domain, and for another port of this machine, too: SameSite
    /// takes them for the same site. Who sends a key sends it on purpose.
    /// </summary>
    public static void UseOwnPagesOnly(this IApplicationBuilder app, Settings settings) => app.Use((http, next) =>
        Acts(http.Request) && http.User.Identity?.AuthenticationType == CookieAuthenticationDefaults.AuthenticationScheme && !IsOwn(http, settings)
            ? ApiErrors.Error(403, "permission_error", "cross_origin_request", "A session acts from Gateflow's own pages alone: from elsewhere, send a key. Behind a proxy, pass on Host with its port (nginx: $http_host) or set Gateflow:PublicUrl.")
                .ExecuteAsync(http)
            : next(http));

    /// <summary>What only a session or a key shows stays in no cache: not in that of a browser which the next person uses, nor on the way. Pages say so themselves.</summary>
    public static void UseNoStore(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null)
        {
            http.Response.Headers.CacheControl = "no-cache, no-store"; // as the antiforgery of pages has it, which else warns at each of them
        }

        return next(http);
    });

    private static bool Acts(HttpRequest request) =>
        !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || request.Path.StartsWithSegments("/hubs") || request.Path.StartsWithSegments("/_blazor");

    /// <summary>An origin of ours, or else the browser's own word for it (Fetch Metadata), as Host may be a proxy's. Programs that send neither are no browsers.</summary>
    private static bool IsOwn(HttpContext http, Settings settings)
    {
        var (request, publicUrl) = (http.Request, settings.PublicUrl);
        var (from, site) = (request.Headers.Origin.ToString(), request.Headers["Sec-Fetch-Site"].ToString());
        return (Uri.TryCreate(from, UriKind.Absolute, out var origin)
                && (Is(origin, request.Host.Host, request.Host.Port ?? (IsProxied(http, settings) ? origin.Port : null)) || (publicUrl is not null && Is(origin, publicUrl.Host, publicUrl.Port))))
            || (site.Length > 0 ? site is "same-origin" or "none" : from.Length == 0);
    }

    /// <summary>Many a proxy passes on the name without the port.</summary>
    private static bool IsProxied(HttpContext http, Settings settings) => settings.TrustedProxies.Contains(http.Connection.RemoteIpAddress);

    private static bool Is(Uri origin, string host, int? port) =>
        origin.Host.Equals(host, StringComparison.OrdinalIgnoreCase) && (port is null ? origin.IsDefaultPort : origin.Port == port);
}
