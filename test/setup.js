// The SDK's advice on Node's age is for its own users; package.json says which versions this project runs on.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
