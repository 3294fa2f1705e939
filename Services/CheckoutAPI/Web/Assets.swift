/// What the pages load: every script and style sheet, by a table made at start, so that no path is ever joined.
enum Assets {
    static let all: [String: Asset] = {
        let script = "text/javascript; charset=utf-8"
        let style = "text/css; charset=utf-8"
        return [
            "dashboard.css": Asset(PackageResources.dashboard_css, contentType: style),
            "dashboard.js": Asset(PackageResources.dashboard_js, contentType: script),
            "demo.css": Asset(PackageResources.demo_css, contentType: style),
            "demo.js": Asset(PackageResources.demo_js, contentType: script),
            "demo-api.js": Asset(PackageResources.demo_api_js, contentType: script),
            "demo-basket.js": Asset(PackageResources.demo_basket_js, contentType: script),
            "demo-catalog.js": Asset(PackageResources.demo_catalog_js, contentType: script),
            "demo-dom.js": Asset(PackageResources.demo_dom_js, contentType: script),
            "demo-errors.js": Asset(PackageResources.demo_errors_js, contentType: script),
            "demo-money.js": Asset(PackageResources.demo_money_js, contentType: script),
            "demo-order.js": Asset(PackageResources.demo_order_js, contentType: script),
            "demo-payment.js": Asset(PackageResources.demo_payment_js, contentType: script),
            "docs.css": Asset(PackageResources.docs_css, contentType: style),
            "pay.css": Asset(PackageResources.pay_css, contentType: style),
            "pay.js": Asset(PackageResources.pay_js, contentType: script),
        ]
    }()
}
