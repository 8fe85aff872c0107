using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Management;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace Gateflow.Dashboard.Access;

/// <summary>What holds between the program and browsers, beside who is signed in.</summary>
internal static class BrowserRules
{
    /// <summary>Answers are what they say they are, and an https address is taken at its word, for its own name and behind our proxies: TLS may end before us, and cookies are Secure all the same.</summary>
    public static void UseBrowserRules(this IApplicationBuilder app, Settings settings) => app.Use((http, next) =>
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
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
